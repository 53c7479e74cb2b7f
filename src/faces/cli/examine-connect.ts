import type { ClusterPorts } from '#kinds/kind.ts';
import { Fault } from '#model/fault.ts';
import { examine, type Finding } from './examine-cluster.ts';

const namedAtMost = 5;

/** Whether the Connect clusters of a KafkaCluster answer, which release they are, and which of their connectors have failed. */
export const examineConnect = (cluster: string, ports: ClusterPorts): Promise<Finding[]> =>
  Promise.all(
    ports.connectClusters.map(name =>
      examine(`Connect ${name} of ${cluster}`, async () => {
        const connect = await ports.connect(name);
        const [{ version, kafkaClusterId }, connectors, { clusterId }] = await Promise.all([
          connect.describe(),
          connect.connectors(),
          ports.kafka.describeCluster(),
        ]);
        const failed = connectors.filter(each => each.state === 'FAILED' || each.tasks.some(task => task.state === 'FAILED'));
        if (failed.length > 0) {
          const names = failed.slice(0, namedAtMost).map(each => each.name);
          throw new Fault(
            'connect/failed',
            `${failed.length} of ${connectors.length} connectors have failed tasks: ${names.join(', ')}.`,
            {
              remedy: '`kaas restart ENV CONNECTOR` says why tasks failed and starts them again.',
            },
          );
        }
        const elsewhere =
          kafkaClusterId !== null && kafkaClusterId !== clusterId ? `; its workers live on Kafka ${kafkaClusterId}` : '';
        return `Connect ${version}, ${connectors.length} connector${connectors.length === 1 ? '' : 's'}${elsewhere}`;
      }),
    ),
  );
