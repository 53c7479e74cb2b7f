import type { Change, Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { PartitionListing, Reassignment, TopicListing } from '#ports/kafka.ts';
import type { ClusterPorts } from '../kind.ts';
import { outcomesOf } from '../kind.ts';
import { newReplicas, roomOn } from './placement.ts';
import { reasons } from './problems.ts';
import { liftThrottles, type Move, throttle } from './throttle.ts';

const underWay: Outcome = { state: 'started', message: 'Replicas are being copied; the throttle goes when they are in place.' };

const wish = (change: Change, path: string): number | undefined => {
  const to = change.action === 'update' ? change.fields.find(field => field.path === path)?.to : undefined;
  return typeof to === 'number' ? to : undefined;
};

/** Does this change ask for another replication factor of what is there? */
export const movesReplicas = (change: Change): boolean => wish(change, 'replicationFactor') !== undefined;

/** Fewer replicas copy nothing: they are not throttled. */
const grows = (change: Change): boolean =>
  change.fields.some(({ path, from, to }) => path === 'replicationFactor' && Number(to) > Number(from));

/**
 * Throttles, then reassigns the replicas of these topics in one call; `started` where the controller took it. What is moved already, by whomever, is left
 * to end. One outcome per change, in order.
 */
export async function reassign(ports: ClusterPorts, changes: readonly Change[]): Promise<Outcome[]> {
  const [{ brokers }, running] = await Promise.all([ports.kafka.describeCluster(), ports.kafka.listReassignments()]);
  const busy = new Set(running.map(each => each.topic));
  const topics = await grown(ports, changes);
  const room = roomOn(brokers, [...topics.values()]);
  const plans = changes.map(change => {
    const topic = topics.get(change.remoteName);
    return topic === undefined || busy.has(topic.name) ? [] : movesOf(topic, wish(change, 'replicationFactor') as number, room);
  });
  const short = (index: number) =>
    plans[index]?.some(move => move.to.length < (wish(changes[index] as Change, 'replicationFactor') as number)) ?? false;
  const moves = plans.flatMap((plan, index) => (short(index) ? [] : plan));
  const live = brokers.map(broker => broker.id);
  await throttle(ports.kafka, moves, live);
  const answers = outcomesOf(
    await ports.kafka.reassign(moves.map(({ topic, partition, to }) => ({ topic, partition, replicas: to }))),
  );
  const refusals = new Map<string, Outcome>();
  answers.forEach((answer, index) => {
    if (answer.state !== 'applied') refusals.set((moves[index] as Move).topic, answer);
  });
  return changes.map<Outcome>((change, index) => {
    if (!topics.has(change.remoteName))
      return { state: 'unknown', code: reasons.notListed, message: 'The cluster does not list it.' };
    if (short(index))
      return { state: 'failed', code: reasons.replicationAboveBrokers, message: `Only ${live.length} brokers answer.` };
    return refusals.get(change.remoteName) ?? underWay;
  });
}

/** What has to move for this factor; partitions that have it stay. */
const movesOf = (topic: TopicListing, factor: number, room: Parameters<typeof newReplicas>[2]): Move[] =>
  topic.partitions
    .filter(partition => partition.replicas.length !== factor)
    .map(partition => ({
      topic: topic.name,
      partition: partition.index,
      from: partition.replicas,
      to: newReplicas(partition, factor, room),
    }));

const attempts = 40;

/** All topics by name, once a broker shows the partitions that were added a moment ago: metadata follows the controller. */
async function grown(ports: ClusterPorts, changes: readonly Change[]): Promise<Map<string, TopicListing>> {
  for (let attempt = 1; ; attempt++) {
    const topics = new Map((await ports.kafka.listTopics()).map(topic => [topic.name, topic]));
    const behind = changes.some(change => {
      const partitions = topics.get(change.remoteName)?.partitions;
      return partitions === undefined || partitions.length < (wish(change, 'partitions') ?? 0);
    });
    if (!behind) return topics;
    if (attempt === attempts)
      throw new Fault('kafka/outcome-unknown', 'The brokers do not show the new partitions yet.', { remedy: 'Apply again.' });
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** Are the replicas in place? Then our throttles are taken off. A broker that is down keeps its own until it is back, and so does the change. */
export async function finish(ports: ClusterPorts, changes: readonly Change[]): Promise<Outcome[]> {
  const mine = changes.filter(movesReplicas).map(change => change.remoteName);
  if (mine.length === 0) return changes.map(() => ({ state: 'applied' }));
  const [{ brokers }, running, listed] = await Promise.all([
    ports.kafka.describeCluster(),
    ports.kafka.listReassignments(),
    ports.kafka.listTopics(),
  ]);
  const moving = new Set(running.map(each => each.topic));
  const live = brokers.map(broker => broker.id);
  await liftThrottles(
    ports.kafka,
    mine.filter(name => !moving.has(name)),
    { moving, brokers: live },
  );
  const topics = new Map(listed.map(topic => [topic.name, topic]));
  return changes.map<Outcome>(change => {
    if (!movesReplicas(change)) return { state: 'applied' };
    if (moving.has(change.remoteName)) return underWay;
    if (!grows(change)) return { state: 'applied' };
    const down = (topics.get(change.remoteName)?.partitions ?? []).flatMap(each => each.replicas).find(id => !live.includes(id));
    return down === undefined
      ? { state: 'applied' }
      : { state: 'started', message: `Broker ${down} does not answer: our throttle on it goes when it is back.` };
  });
}

/**
 * How many replicas these partitions have without those that are still coming, and will have without those that are going. One number speaks for all: one
 * that is not as wished, where there is one, so that nothing half done passes for done.
 */
export function replicationFactor(
  partitions: readonly PartitionListing[],
  running: readonly Reassignment[],
  wished: unknown,
): number {
  const moves = new Map(running.map(each => [each.partition, each]));
  const counts = partitions.flatMap(({ index, replicas }) => {
    const { adding = [], removing = [] } = moves.get(index) ?? {};
    return [adding, removing].map(without => replicas.filter(id => !without.includes(id)).length);
  });
  return counts.find(count => count !== wished) ?? counts[0] ?? 0;
}
