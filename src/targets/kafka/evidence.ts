import {
  consumerGroupDescribeV0,
  describeGroupsV5,
  describeLogDirsV4,
  listGroupsV5,
  listOffsetsV7,
  offsetFetchV9,
} from '@platformatic/kafka';
import type { GroupDescription, Kafka, TopicListing, TopicMeasure } from '#ports/kafka.ts';
import { parts } from './batches.ts';
import type { Brokers } from './brokers.ts';
import { faultOf } from './faults.ts';
import { shareGroupDescribeV1, subscribedTopics } from './group-members.ts';
import { requireDescribe } from './rights.ts';

const groupsPerRequest = 1_000;
const groupNotFound = 69;

/** Figures for risky changes: who consumes, how much stands on a topic. */
export const evidenceCalls = (
  brokers: Brokers,
  listTopics: Kafka['listTopics'],
): Pick<Kafka, 'describeGroups' | 'measureTopics' | 'countOlder'> => ({
  async describeGroups({ offsetsOf = [] } = {}) {
    const asked = new Set(offsetsOf);
    await requireDescribe(brokers);
    const found = await Promise.all(
      brokers.known.map(async broker => {
        const listed = await brokers.callBroker(broker.id, listGroupsV5.api, [[], []]);
        if (listed.errorCode !== 0) throw faultOf(listed.errorCode, null, { right: 'DESCRIBE on the cluster' });
        const described = parts(listed.groups, groupsPerRequest).map(part =>
          describeAt(brokers, { broker: broker.id, listed: part, offsetsOf: asked }),
        );
        return (await Promise.all(described)).flat();
      }),
    );
    return found.flat();
  },

  async measureTopics(names) {
    const topics = (await listTopics()).filter(topic => names.includes(topic.name));
    const [bytes, earliest, latest, newest] = await Promise.all([
      bytesOf(brokers, topics),
      offsetsAt(brokers, topics, () => timestamps.earliest),
      offsetsAt(brokers, topics, () => timestamps.latest),
      offsetsAt(brokers, topics, () => timestamps.newest),
    ]);
    return new Map(
      topics.map<[string, TopicMeasure]>(topic => {
        const partitions = topic.partitions.map(each => `${topic.name}\t${each.index}`);
        const records = partitions.reduce((sum, key) => sum + offset(latest, key) - offset(earliest, key), 0);
        const lastWrite = Math.max(-1, ...partitions.map(key => Number(newest.get(key)?.timestamp ?? -1)));
        const ends = new Map(
          topic.partitions
            .filter(({ index }) => latest.has(`${topic.name}\t${index}`))
            .map(({ index }) => [index, offset(latest, `${topic.name}\t${index}`)]),
        );
        return [topic.name, { bytes: bytes.get(topic.name) ?? 0, records, ends, lastWrite: lastWrite < 0 ? null : lastWrite }];
      }),
    );
  },

  async countOlder(ages) {
    const now = Date.now();
    const topics = (await listTopics()).filter(topic => ages.has(topic.name));
    const [earliest, latest, from] = await Promise.all([
      offsetsAt(brokers, topics, () => timestamps.earliest),
      offsetsAt(brokers, topics, () => timestamps.latest),
      offsetsAt(brokers, topics, name => BigInt(Math.max(0, now - (ages.get(name) as number)))),
    ]);
    const older = (key: string) => (offset(from, key) < 0 ? offset(latest, key) : offset(from, key)) - offset(earliest, key);
    return new Map(
      topics.map(({ name, partitions }) => [name, partitions.reduce((sum, each) => sum + older(`${name}\t${each.index}`), 0)]),
    );
  },
});

/** What ListOffsets takes for a time: the ends of a partition, and the record with the greatest timestamp (KIP-79, KIP-734). */
const timestamps = { earliest: -2n, latest: -1n, newest: -3n } as const;

type Offsets = Map<string, { readonly offset: bigint; readonly timestamp: bigint }>;
const offset = (offsets: Offsets, key: string): number => Number(offsets.get(key)?.offset ?? 0n);

interface Described {
  readonly broker: number;
  readonly listed: { groupId: string; groupState: string; groupType: string }[];
  readonly offsetsOf: ReadonlySet<string>;
}

async function describeAt(brokers: Brokers, { broker, listed, offsetsOf }: Described): Promise<GroupDescription[]> {
  const ofType = (type: string) => listed.filter(group => group.groupType === type).map(group => group.groupId);
  const ask = async <Group>(ids: string[], groups: (ids: string[]) => Promise<readonly Group[]>) =>
    ids.length === 0 ? [] : groups(ids);
  const [classic, modern, shared, offsets] = await Promise.all([
    ask(ofType('classic'), async ids => (await brokers.callBroker(broker, describeGroupsV5.api, [ids, false])).groups),
    ask(ofType('consumer'), async ids => (await brokers.callBroker(broker, consumerGroupDescribeV0.api, [ids, false])).groups),
    ask(ofType('share'), async ids => (await brokers.callBroker(broker, shareGroupDescribeV1, [ids])).groups),
    committedOffsets(brokers, broker, [...ofType('classic'), ...ofType('consumer'), ...ofType('streams')]),
  ]);
  for (const group of [...classic, ...modern, ...shared]) refuseUnreadable(group);
  const read = new Map<string, { members: number; topics: readonly string[] }>();
  const know = (id: string, topics: readonly (readonly string[])[]) =>
    read.set(id, { members: topics.length, topics: topics.flat() });
  for (const { groupId, protocolType, members } of classic)
    know(
      groupId,
      members.map(member => (protocolType === 'consumer' ? subscribedTopics(member.memberMetadata) : [])),
    );
  for (const { groupId, members } of modern)
    know(
      groupId,
      members.map(member => [
        ...member.subscribedTopicNames,
        ...member.assignment.topicPartitions.map(assigned => assigned.topicName),
      ]),
    );
  for (const { groupId, members } of shared)
    know(
      groupId,
      members.map(member => member.topics),
    );
  return listed.map(({ groupId: id, groupType: type, groupState: state }) => ({
    id,
    type,
    state,
    // Groups of a type that we cannot ask about have somebody unless they say that they are empty.
    members: read.get(id)?.members ?? (/^(Empty|Dead)$/i.test(state) ? 0 : 1),
    topics: [...new Set([...(offsets.get(id) ?? []).map(topic => topic.name), ...(read.get(id)?.topics ?? [])])],
    committed: new Map(
      (offsets.get(id) ?? [])
        .filter(topic => offsetsOf.has(topic.name))
        .map(topic => [
          topic.name,
          new Map(
            topic.partitions
              .filter(each => each.errorCode === 0 && each.committedOffset >= 0n)
              .map(each => [each.partitionIndex, Number(each.committedOffset)]),
          ),
        ]),
    ),
  }));
}

/** A group that is gone meanwhile has no members; one that could not be read may have some. */
function refuseUnreadable({ errorCode, groupId }: { errorCode: number; groupId: string }): void {
  if (errorCode !== 0 && errorCode !== groupNotFound)
    throw faultOf(errorCode, `${groupId}: group`, { right: `DESCRIBE on group \`${groupId}\`` });
}

type Committed = ReturnType<typeof offsetFetchV9.parseResponse>['groups'][number]['topics'];

/** What groups have committed on any topic: one request for all groups of a coordinator. */
async function committedOffsets(brokers: Brokers, broker: number, groups: readonly string[]): Promise<Map<string, Committed>> {
  if (groups.length === 0) return new Map();
  const answer = await brokers.callBroker(broker, offsetFetchV9.api, [
    groups.map(groupId => ({ groupId, memberEpoch: -1, topics: null })),
    false,
  ]);
  for (const group of answer.groups) refuseUnreadable(group);
  return new Map(answer.groups.map(group => [group.groupId, group.topics]));
}

async function bytesOf(brokers: Brokers, topics: readonly TopicListing[]): Promise<Map<string, number>> {
  const largest = new Map<string, number>();
  const wanted = topics.map(topic => ({ name: topic.name, partitions: topic.partitions.map(each => each.index) }));
  const answers = await Promise.all(brokers.known.map(broker => brokers.callBroker(broker.id, describeLogDirsV4.api, [wanted])));
  for (const answer of answers)
    for (const directory of answer.results)
      for (const topic of directory.topics)
        for (const partition of topic.partitions) {
          const key = `${topic.name}\t${partition.partitionIndex}`;
          largest.set(key, Math.max(largest.get(key) ?? 0, Number(partition.partitionSize)));
        }
  const sums = new Map<string, number>();
  for (const [key, size] of largest) {
    const name = key.slice(0, key.indexOf('\t'));
    sums.set(name, (sums.get(name) ?? 0) + size);
  }
  return sums;
}

/** The first record of each partition at or after a time (-1: none is that new), asked of its leader. Partitions without leader are left out. */
async function offsetsAt(brokers: Brokers, topics: readonly TopicListing[], timeOf: (topic: string) => bigint): Promise<Offsets> {
  const found: Offsets = new Map();
  const leaders = new Set(topics.flatMap(topic => topic.partitions.map(each => each.leader)).filter(id => id >= 0));
  await Promise.all(
    [...leaders].map(async leader => {
      const wanted = topics
        .map(({ name, partitions }) => ({
          name,
          partitions: partitions
            .filter(each => each.leader === leader)
            .map(each => ({ partitionIndex: each.index, currentLeaderEpoch: -1, timestamp: timeOf(name) })),
        }))
        .filter(topic => topic.partitions.length > 0);
      const answer = await brokers.callBroker(leader, listOffsetsV7.api, [-1, 0, wanted]);
      for (const topic of answer.topics)
        for (const partition of topic.partitions) {
          if (partition.errorCode !== 0) throw faultOf(partition.errorCode, `${topic.name}-${partition.partitionIndex}: offsets`);
          found.set(`${topic.name}\t${partition.partitionIndex}`, partition);
        }
    }),
  );
  return found;
}
