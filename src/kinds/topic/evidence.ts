import type { Reason } from '#model/change.ts';
import { type ClusterPorts, type Difference, type Evidence, type ProbeVerdict, verdictOf } from '../kind.ts';
import { reasons } from './problems.ts';
import { write } from './via-kafka.ts';

const atMost = 200;

/** Bytes, records and groups on the topics of risky changes: at most 200 of them, the rest says so. */
export async function evidence(
  ports: ClusterPorts,
  differences: readonly Difference[],
  _signal: AbortSignal,
): Promise<Evidence[]> {
  const measured = differences.slice(0, atMost);
  const [sizes, groups] = await Promise.all([
    ports.kafka.measureTopics(measured.map(each => each.remoteName)),
    ports.kafka.describeGroups(),
  ]);
  return differences.map((difference, index) => {
    if (index >= atMost) return { evidence: { measured: false } };
    const size = sizes.get(difference.remoteName);
    const readers = groups.filter(group => group.topics.includes(difference.remoteName));
    const live = readers.filter(group => group.members > 0).map(group => group.id);
    const said: Reason[] = [];
    const records = size?.records ?? 0;
    const amount = `${records} records (${size?.bytes ?? 0} bytes)`;
    if (difference.action === 'delete' && records > 0)
      said.push({ code: reasons.dataLost, message: `${amount} on the topic will be deleted.` });
    if (difference.action === 'update' && difference.fields.some(field => field.path.startsWith('config.retention.')))
      said.push({
        code: reasons.retention,
        message: `What is older or larger than the new limit will be deleted, out of ${amount}.`,
      });
    if (live.length > 0) said.push({ code: reasons.consumers, message: `Live consumer groups: ${live.join(', ')}.` });
    return {
      evidence: {
        bytes: size?.bytes ?? null,
        records: size?.records ?? null,
        groups: readers.map(group => group.id),
        consumers: live,
      },
      reasons: said,
      ...(difference.action === 'delete' && records === 0 && live.length === 0 ? { risk: 'destructive' as const } : {}),
    };
  });
}

/** Asks the broker by validate-only. A deletion cannot be asked for: what we may do to the topic decides. */
export async function probe(
  ports: ClusterPorts,
  differences: readonly Difference[],
  _signal: AbortSignal,
): Promise<ProbeVerdict[]> {
  const deleted = differences.filter(each => each.action === 'delete').map(each => each.remoteName);
  const rights = deleted.length === 0 ? new Map<string, null>() : await ports.kafka.topicRights(deleted);
  const results = await write(ports, differences, true);
  return results.map((result, index) => {
    const { action, remoteName } = differences[index] as Difference;
    if (action === 'delete') return mayDelete(remoteName, rights.get(remoteName) ?? null);
    const stale = !result.ok && result.fault.code === 'kafka/topic-already-exists';
    return { ...verdictOf(result), stale };
  });
}

const mayDelete = (topic: string, operations: readonly string[] | null): ProbeVerdict =>
  operations === null || operations.includes('DELETE')
    ? { probe: 'notProbed' }
    : {
        probe: 'notProbed',
        lacks: [{ code: 'kafka/topic-authorization-failed', message: `Our principal lacks DELETE on topic \`${topic}\`.` }],
      };
