import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JavaCommand, javaFlags } from './java-command.ts';
import type { Launch } from './local-server.ts';
import { bootstrapServers, type LocalKafka } from './local-state.ts';

/** Where the worker's `file` config provider may read: secrets of connectors lie here and reach tasks alone, never the REST interface. */
export const connectSecrets = (directory: string): string => join(directory, 'connect-secrets');

/**
 * A distributed Connect worker that logs in as the cluster's admin, with the connectors that come with Apache Kafka on its class path and those that lie
 * below `plugins`, each in a folder of its own (KIP-146).
 */
export function connectLaunch(
  command: JavaCommand,
  { directory, plugins }: { readonly directory: string; readonly plugins: string },
  cluster: LocalKafka,
  port: number,
): Launch {
  const file = join(directory, 'connect.properties');
  for (const folder of [plugins, connectSecrets(directory)]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const properties = workerProperties(cluster, { port, plugins, secrets: connectSecrets(directory) });
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return {
    java: command.java,
    args: [...javaFlags(command, directory), 'org.apache.kafka.connect.cli.ConnectDistributed', file],
  };
}

function workerProperties(
  cluster: LocalKafka,
  { port, plugins, secrets }: { port: number; plugins: string; secrets: string },
): Record<string, string | number> {
  const login = {
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': 'SCRAM-SHA-512',
    'sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="${cluster.adminUser}" password="${cluster.adminPassword.reveal()}";`,
  };
  const clients = ['', 'producer.', 'consumer.', 'admin.'].flatMap(client =>
    Object.entries(login).map(([key, value]) => [client + key, value] as const),
  );
  const stores = (['config', 'offset', 'status'] as const).flatMap(store => [
    [`${store}.storage.topic`, `__connect-${store}s`] as const,
    [`${store}.storage.replication.factor`, Math.min(3, cluster.nodes.length)] as const,
  ]);
  return {
    'bootstrap.servers': bootstrapServers(cluster).join(','),
    'group.id': '__connect',
    ...Object.fromEntries(stores),
    'offset.storage.partitions': 4,
    'status.storage.partitions': 2,
    'offset.flush.interval.ms': 1_000,
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'plugin.path': plugins,
    'plugin.discovery': 'service_load',
    'connector.client.config.override.policy': 'All',
    'config.providers': 'file',
    'config.providers.file.class': 'org.apache.kafka.common.config.provider.FileConfigProvider',
    'config.providers.file.param.allowed.paths': secrets,
    'scheduled.rebalance.max.delay.ms': 0,
    'task.shutdown.graceful.timeout.ms': 2_000,
    listeners: `http://127.0.0.1:${port}`,
    ...Object.fromEntries(clients),
  };
}
