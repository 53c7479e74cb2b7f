import { Fault, refused, succeeded } from '#model/fault.ts';
import type { Kafka, TopicListing } from '#ports/kafka.ts';
import type { MemoryCluster, MemoryTopic } from './kafka.ts';

/** Which brokers of a memory cluster hold what, and what is on its way between them. */
export function replicaCalls(cluster: MemoryCluster): Pick<Kafka, 'listTopics' | 'reassign' | 'listReassignments'> {
  const spread = (index: number, factor: number) =>
    Array.from({ length: factor }, (_, offset) => ((index + offset) % cluster.brokers) + 1);
  const inSync = (topic: MemoryTopic, index: number) => spread(index, topic.replicationFactor);
  const replicas = (topic: MemoryTopic, index: number) => spread(index, Math.max(topic.replicationFactor, topic.moving ?? 0));
  const no = (code: string, message: string) => refused(new Fault(`kafka/${code}`, message));
  return {
    async listTopics() {
      return [...cluster.topics].map<TopicListing>(([name, topic]) => ({
        name,
        id: topic.id,
        internal: name.startsWith('__'),
        partitions: Array.from({ length: topic.partitions }, (_, index) => ({
          index,
          leader: replicas(topic, index)[0] as number,
          replicas: replicas(topic, index),
          inSync: inSync(topic, index),
        })),
      }));
    },
    async reassign(assignments) {
      return assignments.map(({ topic, replicas: wanted }) => {
        const found = cluster.topics.get(topic);
        if (found === undefined) return no('unknown-topic-or-partition', `The topic '${topic}' does not exist.`);
        if (wanted.some(id => id > cluster.brokers))
          return no('invalid-replica-assignment', 'The manual partition assignment includes a broker that is not registered.');
        if (cluster.slow) found.moving = wanted.length;
        else found.replicationFactor = wanted.length;
        return succeeded;
      });
    },
    async listReassignments() {
      return [...cluster.topics].flatMap(([name, topic]) =>
        topic.moving === undefined
          ? []
          : Array.from({ length: topic.partitions }, (_, partition) => {
              const [now, then] = [inSync(topic, partition), spread(partition, topic.moving as number)];
              return {
                topic: name,
                partition,
                replicas: replicas(topic, partition),
                adding: then.filter(id => !now.includes(id)),
                removing: now.filter(id => !then.includes(id)),
              };
            }),
      );
    },
  };
}

/** Ends every reassignment of a slow cluster. */
export function arrive(cluster: MemoryCluster): void {
  for (const topic of cluster.topics.values()) {
    topic.replicationFactor = topic.moving ?? topic.replicationFactor;
    delete topic.moving;
  }
}
