import type { Reason } from '#model/change.ts';
import { durationText, sizeText } from '#model/quantity.ts';
import { type ClusterPorts, type Difference, type Evidence, type ProbeVerdict, verdictOf } from '../kind.ts';
import { dropsRecords, minInsyncAbove } from './assess.ts';
import { brokerDefaults } from './broker-defaults.ts';
import { lagOn, rightsOn, unread, useless } from './dependents.ts';
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
  const ages = new Map(measured.flatMap(each => newLimits(each).map(({ ms }) => [each.remoteName, ms] as const)).filter(hasAge));
  const names = measured.map(each => each.remoteName);
  const [sizes, older, groups, rights] = await Promise.all([
    ports.kafka.measureTopics(names),
    ages.size === 0 ? new Map<string, number>() : ports.kafka.countOlder(ages),
    ports.kafka.describeGroups({ offsetsOf: names }),
    rightsOn(ports, names),
  ]);
  return differences.map((difference, index) => {
    if (index >= atMost) return { evidence: { measured: false } };
    const name = difference.remoteName;
    const size = sizes.get(name);
    const readers = groups.filter(group => group.topics.includes(name));
    const live = readers.filter(group => group.members > 0).map(group => group.id);
    const said: Reason[] = [];
    const records = size?.records ?? 0;
    if (difference.action === 'delete' && records > 0)
      said.push({
        code: reasons.dataLost,
        message: `${records} records (${sizeText(size?.bytes ?? 0)}) on the topic will be deleted.`,
      });
    const drops = size !== undefined && difference.fields.some(field => dropsRecords(field, difference));
    const dropped = !drops ? undefined : drop(difference, { ...size, older: older.get(name) ?? 0 });
    if (dropped !== undefined) said.push({ code: reasons.retention, message: dropped.message });
    if (live.length > 0) said.push({ code: reasons.consumers, message: `Live consumer groups: ${live.join(', ')}.` });
    const lag = lagOn(name, size, readers);
    const named = rights?.get(name) ?? {};
    if (difference.action === 'delete' || dropped !== undefined) said.push(...unread(lag));
    if (difference.action === 'delete') said.push(...useless(named));
    return {
      evidence: {
        bytes: size?.bytes ?? null,
        records: size?.records ?? null,
        lastWrite: size?.lastWrite == null ? null : new Date(size.lastWrite).toISOString(),
        groups: readers.map(group => group.id),
        consumers: live,
        lag,
        acls: rights === null ? null : named,
        ...(dropped === undefined ? {} : { droppedBytes: dropped.bytes }),
      },
      reasons: said,
      ...(difference.action === 'delete' && records === 0 && live.length === 0 ? { risk: 'destructive' as const } : {}),
    };
  });
}

const hasAge = (entry: readonly [string, number | undefined]): entry is readonly [string, number] => entry[1] !== undefined;

interface Limit {
  readonly ms?: number;
  readonly bytes?: number;
}

/** The retention that will hold after an update: an age, a size of each partition, or neither where there is no limit or it is not known. */
function newLimits({ action, fields, live }: Difference): Limit[] {
  if (action !== 'update') return [];
  return fields.flatMap<Limit>(({ path, to }) => {
    const key = path === 'config.retention.ms' ? 'ms' : path === 'config.retention.bytes' ? 'bytes' : undefined;
    if (key === undefined) return [];
    const limit = Number(to ?? live?.defaults[path] ?? Number.NaN);
    return [limit >= 0 ? { [key]: limit } : {}];
  });
}

interface Measured {
  readonly bytes: number;
  readonly records: number;
  /** Records above the new age. */
  readonly older: number;
}

/** About how much a shorter retention deletes: records by their share of the bytes, since the broker tells no sizes of records. */
function drop(difference: Difference, { bytes, records, older }: Measured): { bytes: number; message: string } | undefined {
  const limits = newLimits(difference);
  if (limits.length === 0) return undefined;
  const partitions = Number(difference.live?.fields.partitions ?? 1);
  const losses = limits.map(limit => {
    if (limit.ms !== undefined)
      return { bytes: records === 0 ? 0 : Math.round((bytes * older) / records), what: `older than ${durationText(limit.ms)}` };
    if (limit.bytes !== undefined)
      return { bytes: Math.max(0, bytes - limit.bytes * partitions), what: `above ${sizeText(limit.bytes)} a partition` };
    return { bytes: 0, what: 'above the default limit' };
  });
  const worst = losses.toSorted((a, b) => b.bytes - a.bytes)[0] as (typeof losses)[number];
  const all = `${records} records (${sizeText(bytes)})`;
  return { bytes: worst.bytes, message: `About ${sizeText(worst.bytes)} ${worst.what} will be deleted, out of ${all}.` };
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
  const defaults = differences.some(leavesReplication) ? await brokerDefaults(ports) : {};
  return results.map((result, index) => {
    const { action, remoteName } = differences[index] as Difference;
    if (action === 'delete') return mayDelete(remoteName, rights.get(remoteName) ?? null);
    const stale = !result.ok && result.fault.code === 'kafka/topic-already-exists';
    const verdict = verdictOf(result);
    const above = leavesReplication(differences[index] as Difference)
      ? minInsyncAbove(differences[index] as Difference, defaults)
      : [];
    return { ...verdict, impossible: [...(verdict.impossible ?? []), ...above], stale };
  });
}

/** Is one of the two left to the broker's default for a new topic, so that only the broker knows whether they fit? */
const leavesReplication = ({ action, fields }: Difference): boolean =>
  action === 'create' &&
  fields.some(field => field.path === 'replicationFactor') !== fields.some(field => field.path === 'config.min.insync.replicas');

const mayDelete = (topic: string, operations: readonly string[] | null): ProbeVerdict =>
  operations === null || operations.includes('DELETE')
    ? { probe: 'notProbed' }
    : {
        probe: 'notProbed',
        lacks: [{ code: 'kafka/topic-authorization-failed', message: `Our principal lacks DELETE on topic \`${topic}\`.` }],
      };
