import { setTimeout as sleep } from 'node:timers/promises';
import {
  alterPartitionReassignmentsV0,
  createPartitionsV3,
  createTopicsV7,
  deleteTopicsV6,
  listPartitionReassignmentsV0,
  metadataV12,
} from '@platformatic/kafka';
import { Fault, type ItemResult, refused } from '#model/fault.ts';
import type { AclOperation, Kafka, NewTopic, PartitionAssignment, TopicListing, WriteOptions } from '#ports/kafka.ts';
import { inTurn, parts } from './batches.ts';
import type { Brokers } from './brokers.ts';
import { faultOf, itemOf } from './faults.ts';
import { operationsIn, rightFor } from './rights.ts';

/** The controller refuses a request of more than 10,000 metadata records (topics, partitions, configs) as a whole. */
const recordsPerRequest = 8_000;
const partitionsAtOnce = 7_000;
const timeoutMs = 60_000;

const unanswered = (name: string) =>
  refused(new Fault('kafka/outcome-unknown', `The broker did not mention ${name} in its answer.`));

/** What Kafka calls topics: list, create, grow, delete, move. */
export const topicCalls = (
  brokers: Brokers,
): Pick<
  Kafka,
  'listTopics' | 'topicRights' | 'createTopics' | 'createPartitions' | 'deleteTopics' | 'reassign' | 'listReassignments'
> => ({
  async listTopics({ confirm = false, expect = [] } = {}) {
    if (confirm && brokers.known.length === 1) await sleep(500);
    const listed = (await brokers.call(metadataV12.api, [null, false, false])).topics;
    const seen = new Set(listed.map(topic => topic.name));
    const missing = expect.filter(name => !seen.has(name));
    return [...listed, ...(await knownByName(brokers, missing))].flatMap(toListing);
  },

  async topicRights(names) {
    const rights = new Map<string, readonly AclOperation[] | null>();
    for (const part of parts(names, 1_000)) {
      const { topics } = await brokers.call(metadataV12.api, [part.map(name => ({ name })), false, true]);
      for (const topic of topics)
        if (topic.name != null && topic.errorCode === 0) rights.set(topic.name, operationsIn(topic.topicAuthorizedOperations));
    }
    return rights;
  },

  async createTopics(topics, options) {
    const small = topics.map(topic => (topic.partitions > partitionsAtOnce ? { ...topic, partitions: partitionsAtOnce } : topic));
    const weigh = (topic: NewTopic) => 1 + Math.max(1, topic.partitions) + Object.keys(topic.config).length;
    const results = await inTurn(parts(small, recordsPerRequest, weigh), part => create(brokers, part, options));
    if (options.validateOnly) return results;
    for (const [index, topic] of topics.entries())
      if (topic.partitions > partitionsAtOnce && results[index]?.ok) {
        const grown = await growInSteps(brokers, topic.name, partitionsAtOnce, topic.partitions);
        if (!grown.ok) results[index] = grown;
      }
    return results;
  },

  async createPartitions(growths, options) {
    const results = new Map<string, ItemResult>();
    const large = options.validateOnly ? [] : growths.filter(each => each.total > partitionsAtOnce);
    const small = growths.filter(each => !large.includes(each));
    // What a topic has already is no record: its total is the most that its growth can weigh.
    const answers = await inTurn(
      parts(small, recordsPerRequest, each => each.total),
      part => grow(brokers, part, options),
    );
    small.forEach(({ topic }, index) => {
      results.set(topic, answers[index] as ItemResult);
    });
    for (const { topic, total } of large) {
      const [known] = await knownByName(brokers, [topic]);
      results.set(topic, await growInSteps(brokers, topic, known?.partitions.length ?? 0, total));
    }
    return growths.map(({ topic }) => results.get(topic) as ItemResult);
  },

  deleteTopics: topics =>
    inTurn(parts(topics, 1_000), async part => {
      const answer = await brokers.call(deleteTopicsV6.api, [part.map(topic => ({ name: null, topicId: topic.id })), timeoutMs]);
      const byId = new Map(answer.responses.map(each => [each.topicId, each]));
      return {
        throttleTimeMs: answer.throttleTimeMs,
        results: part.map(topic => {
          const each = byId.get(topic.id);
          return each === undefined
            ? unanswered(topic.name)
            : itemOf(each.errorCode, each.errorMessage, {
                throttleTimeMs: answer.throttleTimeMs,
                right: `DELETE on ${nameOf(topic.name)}`,
              });
        }),
      };
    }),

  reassign: assignments => inTurn(parts(assignments, 1_000), part => reassign(brokers, part)),

  async listReassignments() {
    const answer = await brokers.call(listPartitionReassignmentsV0.api, [timeoutMs, null]);
    return answer.topics.flatMap(topic =>
      topic.partitions.map(({ partitionIndex, replicas, addingReplicas, removingReplicas }) => ({
        topic: topic.name,
        partition: partitionIndex,
        replicas,
        adding: addingReplicas,
        removing: removingReplicas,
      })),
    );
  },
});

const nameOf = (topic: string): string => `topic \`${topic}\``;
type Metadata = Awaited<ReturnType<typeof metadataV12.api.async>>['topics'][number];
const unknownTopic = 3;
const invalidName = 17;
const leaderNotAvailable = 5;
const mayNotDescribe = 29;

function toListing(topic: Metadata): TopicListing[] {
  if (topic.errorCode !== 0 && topic.errorCode !== leaderNotAvailable) throw faultOf(topic.errorCode, `${topic.name}: metadata`);
  if (topic.name == null) return [];
  const partitions = topic.partitions.map(each => ({
    index: each.partitionIndex,
    leader: each.leaderId,
    replicas: each.replicaNodes,
    inSync: each.isrNodes,
  }));
  return [
    {
      name: topic.name,
      id: topic.topicId,
      internal: topic.isInternal,
      partitions: partitions.toSorted((a, b) => a.index - b.index),
    },
  ];
}

/**
 * A list of all topics leaves out in silence what our principal may not DESCRIBE; asked for by name the broker tells absence from refusal
 * (KafkaApis, handleTopicMetadataRequest). What shall count as absent is therefore asked for by name.
 */
async function knownByName(brokers: Brokers, names: readonly string[]): Promise<Metadata[]> {
  const found: Metadata[] = [];
  const hidden: string[] = [];
  for (const part of parts(names, 1_000)) {
    const { topics } = await brokers.call(metadataV12.api, [part.map(name => ({ name })), false, false]);
    for (const topic of topics)
      if (topic.errorCode === mayNotDescribe) hidden.push(topic.name ?? '');
      else if (topic.errorCode !== unknownTopic && topic.errorCode !== invalidName) found.push(topic);
  }
  if (hidden.length === 0) return found;
  const shown = `${hidden.slice(0, 3).map(nameOf).join(', ')}${hidden.length > 3 ? ` and ${hidden.length - 3} more` : ''}`;
  throw faultOf(mayNotDescribe, null, { right: `DESCRIBE on ${shown}: whether they exist cannot be told` });
}

async function create(brokers: Brokers, part: readonly NewTopic[], { validateOnly }: WriteOptions) {
  const answer = await brokers.call(
    createTopicsV7.api,
    [
      part.map(topic => ({
        name: topic.name,
        numPartitions: topic.partitions,
        replicationFactor: topic.replicationFactor,
        assignments: [],
        configs: Object.entries(topic.config).map(([name, value]) => ({ name, value })),
      })),
      timeoutMs,
      validateOnly,
    ],
    validateOnly,
  );
  const byName = new Map(answer.topics.map(topic => [topic.name, topic]));
  const results = part.map(topic => {
    const each = byName.get(topic.name);
    if (each === undefined) return unanswered(topic.name);
    const result = itemOf(each.errorCode, each.errorMessage, {
      throttleTimeMs: answer.throttleTimeMs,
      right: `CREATE on ${nameOf(topic.name)} or on the cluster`,
    });
    return result.ok ? { ok: true as const, value: each.topicId } : result;
  });
  return { results, throttleTimeMs: answer.throttleTimeMs };
}

async function grow(brokers: Brokers, part: readonly { topic: string; total: number }[], { validateOnly }: WriteOptions) {
  const answer = await brokers.call(
    createPartitionsV3.api,
    [part.map(({ topic, total }) => ({ name: topic, count: total, assignments: null })), timeoutMs, validateOnly],
    validateOnly,
  );
  const byName = new Map(answer.results.map(result => [result.name, result]));
  const results = part.map(({ topic }) => {
    const each = byName.get(topic);
    return each === undefined
      ? unanswered(topic)
      : itemOf(each.errorCode, each.errorMessage, {
          throttleTimeMs: answer.throttleTimeMs,
          right: `ALTER on ${nameOf(topic)}`,
        });
  });
  return { results, throttleTimeMs: answer.throttleTimeMs };
}

/** A topic above the limit of one request is created small and grown. */
async function growInSteps(brokers: Brokers, topic: string, from: number, total: number): Promise<ItemResult> {
  let result: ItemResult = { ok: true, value: undefined };
  for (let count = from; count < total && result.ok; ) {
    count = Math.min(total, count + partitionsAtOnce);
    [result] = (await grow(brokers, [{ topic, total: count }], { validateOnly: false })).results as [ItemResult];
  }
  return result;
}

async function reassign(brokers: Brokers, part: readonly PartitionAssignment[]) {
  const topics = Map.groupBy(part, each => each.topic);
  const answer = await brokers.call(alterPartitionReassignmentsV0.api, [
    timeoutMs,
    true,
    [...topics].map(([name, own]) => ({
      name,
      partitions: own.map(each => ({ partitionIndex: each.partition, replicas: [...each.replicas] })),
    })),
  ]);
  const byKey = new Map(
    answer.responses.flatMap(topic => topic.partitions.map(each => [`${topic.name}\t${each.partitionIndex}`, each] as const)),
  );
  const results = part.map(each => {
    const found = byKey.get(`${each.topic}\t${each.partition}`);
    return found === undefined
      ? unanswered(each.topic)
      : itemOf(found.errorCode, found.errorMessage, {
          throttleTimeMs: answer.throttleTimeMs,
          right: rightFor('AlterPartitionReassignments'),
        });
  });
  return { results, throttleTimeMs: answer.throttleTimeMs };
}
