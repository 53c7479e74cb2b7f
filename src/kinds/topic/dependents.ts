import type { Reason } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { GroupDescription, TopicMeasure } from '#ports/kafka.ts';
import type { ClusterPorts } from '../kind.ts';
import { reasons } from './problems.ts';

/** A number for each name: records by group, bindings by principal. */
type Counts = Readonly<Record<string, number>>;

const shownAtMost = 5;
const listed = (counts: Counts, say: (name: string, count: number) => string): string => {
  const all = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  const more = all.length > shownAtMost ? ` and ${all.length - shownAtMost} more` : '';
  return `${all
    .slice(0, shownAtMost)
    .map(([name, count]) => say(name, count))
    .join(', ')}${more}`;
};

/** How far each group that commits on a topic is behind its end, over the partitions where it has committed. */
export function lagOn(topic: string, measure: TopicMeasure | undefined, groups: readonly GroupDescription[]): Counts {
  const behind = (committed: ReadonlyMap<number, number>) =>
    [...committed].reduce((sum, [partition, at]) => sum + Math.max(0, (measure?.ends.get(partition) ?? at) - at), 0);
  return Object.fromEntries(
    groups.flatMap(({ id, committed }) => {
      const own = committed.get(topic);
      return own === undefined || own.size === 0 ? [] : [[id, behind(own)]];
    }),
  );
}

/** How many bindings of each principal name each topic itself, Git's and others'; null where they cannot be read (no authorizer, no right to). */
export async function rightsOn(ports: ClusterPorts, topics: readonly string[]): Promise<ReadonlyMap<string, Counts> | null> {
  try {
    const bindings = await ports.kafka.listAcls({ topics });
    const byTopic = Map.groupBy(bindings, each => each.resourceName);
    return new Map(
      [...byTopic].map(([topic, own]) => [
        topic,
        Object.fromEntries([...Map.groupBy(own, each => each.principal)].map(([principal, each]) => [principal, each.length])),
      ]),
    );
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

/** Records that would be lost before a group has read them. */
export function unread(lag: Counts): Reason[] {
  const behind = Object.fromEntries(Object.entries(lag).filter(([, records]) => records > 0));
  if (Object.keys(behind).length === 0) return [];
  return [{ code: reasons.unread, message: `Not read yet: ${listed(behind, (group, records) => `${records} by ${group}`)}.` }];
}

/** Rights that name a topic which is to go. */
export function useless(rights: Counts): Reason[] {
  const total = Object.values(rights).reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const rules = total === 1 ? '1 ACL names' : `${total} ACLs name`;
  return [{ code: reasons.rights, message: `${rules} it: ${listed(rights, (principal, count) => `${principal} (${count})`)}.` }];
}
