import { Fault, type ItemResult } from '#model/fault.ts';
import { isOurThrottle, ourRate, ourReplicas, rateKeys, replicaKeys } from '#model/replication-throttle.ts';
import type { ConfigAlteration, ConfigEntry, ConfigRequest, Kafka } from '#ports/kafka.ts';

const write = { validateOnly: false };

/** One partition on its way. */
export interface Move {
  readonly topic: string;
  readonly partition: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/**
 * Sets the throttles for these moves before they begin (KIP-73): which replicas, on their topics; how fast, on each live broker. What somebody else has
 * set stays as it is. Throws a `Fault` when one of them is refused: then nothing may be moved.
 */
export async function throttle(kafka: Kafka, moves: readonly Move[], brokers: readonly number[]): Promise<void> {
  const copying = moves.filter(({ from, to }) => to.some(id => !from.includes(id)));
  if (copying.length === 0) return;
  const byTopic = Map.groupBy(copying, move => move.topic);
  const [topics, rates] = await Promise.all([read(kafka, topicRequests(byTopic.keys())), read(kafka, rateRequests(brokers))]);
  const alterations = [
    ...topics.map<ConfigAlteration>(({ request, entries }) => {
      const own = byTopic.get(request.name) as Move[];
      const [leaders, followers] = replicaKeys;
      const wanted = {
        [leaders]: ourReplicas(own.flatMap(({ partition, from }) => from.map(id => `${partition}:${id}`))),
        [followers]: ourReplicas(
          own.flatMap(({ partition, from, to }) => to.filter(id => !from.includes(id)).map(id => `${partition}:${id}`)),
        ),
      };
      return { type: 'topic', name: request.name, set: unlessTaken(wanted, entries), unset: [] };
    }),
    ...rates.map<ConfigAlteration>(({ request, entries }) => ({
      type: 'broker',
      name: request.name,
      set: unlessTaken(Object.fromEntries(rateKeys.map(key => [key, ourRate])), entries),
      unset: [],
    })),
  ].filter(each => Object.keys(each.set).length > 0);
  throwFirst(await kafka.alterConfigs(alterations, write));
}

/** What somebody else set there stands; what we set earlier is set anew. */
const unlessTaken = (wanted: Readonly<Record<string, string>>, entries: readonly ConfigEntry[]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(wanted).filter(([key]) => {
      const found = entries.find(entry => entry.name === key);
      return found === undefined || found.source === 'default' || found.value === null || isOurThrottle(key, found.value);
    }),
  );

/**
 * Takes our throttles off these topics, and off the brokers once no other topic that we throttle is `moving`. What somebody else set is not touched.
 * Throws a `Fault` when a broker refuses; may be repeated.
 */
export async function liftThrottles(
  kafka: Kafka,
  topics: readonly string[],
  around: { readonly moving: Iterable<string>; readonly brokers: readonly number[] },
): Promise<void> {
  const off = (type: 'topic' | 'broker') => async (requests: ConfigRequest[]) => {
    const found = ours(await read(kafka, requests)).map<ConfigAlteration>(({ name, keys }) => ({
      type,
      name,
      set: {},
      unset: keys,
    }));
    throwFirst((await kafka.alterConfigs(found, write)).filter(result => result.ok || !isGone(result)));
  };
  await off('topic')(topicRequests(topics));
  const elsewhere = ours(await read(kafka, topicRequests(around.moving)));
  if (elsewhere.length === 0) await off('broker')(rateRequests(around.brokers));
}

const topicRequests = (names: Iterable<string>): ConfigRequest[] =>
  [...names].map(name => ({ type: 'topic', name, keys: replicaKeys }));
const rateRequests = (brokers: readonly number[]): ConfigRequest[] =>
  brokers.map(id => ({ type: 'broker', name: String(id), keys: rateKeys }));

interface Answered {
  readonly request: ConfigRequest;
  readonly entries: readonly ConfigEntry[];
}

/** A topic that is gone meanwhile has no throttles. */
async function read(kafka: Kafka, requests: readonly ConfigRequest[]): Promise<Answered[]> {
  if (requests.length === 0) return [];
  const answers = await kafka.describeConfigs(requests);
  return answers.flatMap((answer, index) => {
    if (answer.ok) return [{ request: requests[index] as ConfigRequest, entries: answer.value }];
    if (isGone(answer)) return [];
    throw answer.fault;
  });
}

const ours = (answers: readonly Answered[]): { name: string; keys: string[] }[] =>
  answers
    .map(({ request, entries }) => ({
      name: request.name,
      keys: entries
        .filter(entry => (entry.source === 'topic' || entry.source === 'broker') && isOurThrottle(entry.name, entry.value))
        .map(entry => entry.name),
    }))
    .filter(({ keys }) => keys.length > 0);

const isGone = (result: ItemResult<unknown>): boolean => !result.ok && result.fault.code === 'kafka/unknown-topic-or-partition';

function throwFirst(results: readonly ItemResult[]): void {
  const refusal = results.find(result => !result.ok);
  if (refusal === undefined || refusal.ok) return;
  const { code, message, remedy } = refusal.fault;
  throw new Fault(code, `The replication throttle: ${message}`, remedy === undefined ? {} : { remedy });
}
