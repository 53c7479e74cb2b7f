import type { Fields } from '#model/change.ts';
import type { ClusterPorts } from '../kind.ts';

/** The broker's keys behind a topic's, the one that wins first, with what one of its units is in the topic's (Kafka's `LogConfig` synonyms). */
const behind: Readonly<Record<string, readonly (readonly [key: string, factor: number])[]>> = {
  'config.retention.ms': [
    ['log.retention.ms', 1],
    ['log.retention.minutes', 60_000],
    ['log.retention.hours', 3_600_000],
  ],
  'config.retention.bytes': [['log.retention.bytes', 1]],
  'config.min.insync.replicas': [['min.insync.replicas', 1]],
  replicationFactor: [['default.replication.factor', 1]],
};

/** What holds for a topic that sets nothing, as one broker says it: limits of retention and replication in the words of `Live.defaults`. Nothing where it does not tell us. */
export async function brokerDefaults(ports: ClusterPorts): Promise<Fields> {
  const { brokers } = await ports.kafka.describeCluster();
  const keys = Object.values(behind).flatMap(each => each.map(([key]) => key));
  const [answer] = await ports.kafka.describeConfigs([{ type: 'broker', name: String(brokers[0]?.id ?? ''), keys }]);
  if (!answer?.ok) return {};
  const values = new Map(answer.value.map(entry => [entry.name, entry.value]));
  return Object.fromEntries(
    Object.entries(behind).flatMap(([path, sources]) => {
      const found = sources.map(([key, factor]) => ({ value: values.get(key), factor })).find(each => each.value != null);
      if (found === undefined) return [];
      const amount = Number(found.value) < 0 ? -1 : Number(found.value) * found.factor;
      return [[path, path.startsWith('config.') ? String(amount) : amount]];
    }),
  );
}
