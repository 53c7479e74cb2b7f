import {
  consumerGroupDescribeV0,
  describeGroupsV5,
  describeLogDirsV4,
  listGroupsV5,
  listOffsetsV7,
  offsetFetchV9,
} from '@platformatic/kafka';
import type { GroupDescription, Kafka, TopicListing, TopicMeasure } from '#ports/kafka.ts';
import type { Brokers } from './brokers.ts';
import { faultOf } from './faults.ts';
import { requireDescribe } from './rights.ts';

const groupsAtMost = 1_000;
const groupNotFound = 69;

/** Figures for risky changes: who consumes, how much stands on a topic. */
export const evidenceCalls = (
  brokers: Brokers,
  listTopics: Kafka['listTopics'],
): Pick<Kafka, 'describeGroups' | 'measureTopics'> => ({
  async describeGroups() {
    await requireDescribe(brokers);
    const found = await Promise.all(
      brokers.known.map(async broker => {
        const listed = await brokers.callBroker(broker.id, listGroupsV5.api, [[], []]);
        if (listed.errorCode !== 0) throw faultOf(listed.errorCode, null, { right: 'DESCRIBE on the cluster' });
        return describeAt(brokers, broker.id, listed.groups.slice(0, groupsAtMost));
      }),
    );
    return found.flat();
  },

  async measureTopics(names) {
    const topics = (await listTopics()).filter(topic => names.includes(topic.name));
    const [bytes, records] = await Promise.all([bytesOf(brokers, topics), recordsOf(brokers, topics)]);
    return new Map(
      topics.map<[string, TopicMeasure]>(topic => [
        topic.name,
        { bytes: bytes.get(topic.name) ?? 0, records: records.get(topic.name) ?? 0 },
      ]),
    );
  },
});

type Listed = { groupId: string; groupState: string; groupType: string }[];

async function describeAt(brokers: Brokers, broker: number, listed: Listed): Promise<GroupDescription[]> {
  const classic = listed.filter(group => group.groupType === 'classic').map(group => group.groupId);
  const modern = listed.filter(group => group.groupType === 'consumer').map(group => group.groupId);
  const [one, two, offsets] = await Promise.all([
    classic.length === 0 ? [] : brokers.callBroker(broker, describeGroupsV5.api, [classic, false]).then(answer => answer.groups),
    modern.length === 0
      ? []
      : brokers.callBroker(broker, consumerGroupDescribeV0.api, [modern, false]).then(answer => answer.groups),
    committedTopics(brokers, broker, [...classic, ...modern]),
  ]);
  for (const group of [...one, ...two]) refuseUnreadable(group);
  const members = new Map([...one, ...two].map(group => [group.groupId, group.members.length]));
  const assigned = new Map(two.map(group => [group.groupId, group.members.flatMap(member => member.subscribedTopicNames)]));
  return listed.map(group => ({
    id: group.groupId,
    type: group.groupType,
    state: group.groupState,
    members: members.get(group.groupId) ?? 0,
    topics: [...new Set([...(offsets.get(group.groupId) ?? []), ...(assigned.get(group.groupId) ?? [])])],
  }));
}

/** A group that is gone meanwhile has no members; one that could not be read may have some. */
function refuseUnreadable({ errorCode, groupId }: { errorCode: number; groupId: string }): void {
  if (errorCode !== 0 && errorCode !== groupNotFound)
    throw faultOf(errorCode, `${groupId}: group`, { right: `DESCRIBE on group \`${groupId}\`` });
}

async function committedTopics(brokers: Brokers, broker: number, groups: readonly string[]): Promise<Map<string, string[]>> {
  if (groups.length === 0) return new Map();
  const answer = await brokers.callBroker(broker, offsetFetchV9.api, [
    groups.map(groupId => ({ groupId, memberEpoch: -1, topics: null })),
    false,
  ]);
  for (const group of answer.groups) refuseUnreadable(group);
  return new Map(answer.groups.map(group => [group.groupId, group.topics.map(topic => topic.name)]));
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

async function recordsOf(brokers: Brokers, topics: readonly TopicListing[]): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  const leaders = new Set(topics.flatMap(topic => topic.partitions.map(each => each.leader)).filter(id => id >= 0));
  await Promise.all(
    [...leaders].flatMap(leader =>
      ([-1n, -2n] as const).map(async timestamp => {
        const wanted = topics
          .map(topic => ({
            name: topic.name,
            partitions: topic.partitions
              .filter(each => each.leader === leader)
              .map(each => ({ partitionIndex: each.index, currentLeaderEpoch: -1, timestamp })),
          }))
          .filter(topic => topic.partitions.length > 0);
        const answer = await brokers.callBroker(leader, listOffsetsV7.api, [-1, 0, wanted]);
        for (const topic of answer.topics)
          for (const partition of topic.partitions) {
            if (partition.errorCode !== 0)
              throw faultOf(partition.errorCode, `${topic.name}-${partition.partitionIndex}: offsets`);
            sums.set(topic.name, (sums.get(topic.name) ?? 0) + Number(partition.offset) * (timestamp === -1n ? 1 : -1));
          }
      }),
    ),
  );
  return sums;
}
