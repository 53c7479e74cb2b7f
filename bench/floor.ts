import { Connection, createTopicsV7, describeClusterV1, describeConfigsV4, metadataV12 } from '@platformatic/kafka';

/**
 * The raw protocol requests that a job needs, one connection, nothing else: what no program on this client can beat.
 * `node bench/floor.ts plan PREFIX` lists all topics and reads three configuration keys of those with the prefix; `create PREFIX COUNT` creates topics.
 */
const [job, prefix = '', count = '0'] = process.argv.slice(2);
const [host = '', port = ''] = (process.env.BENCH_BOOTSTRAP ?? '').split(':');
const connection = new Connection('floor', {
  sasl: { mechanism: 'SCRAM-SHA-512', username: process.env.BENCH_USER ?? '', password: process.env.BENCH_PASSWORD ?? '' },
});
connection.on('error', () => {});
await connection.connect(host, Number(port));
await describeClusterV1.api.async(connection, true, 1);
if (job === 'plan') {
  const topics = (await metadataV12.api.async(connection, null, false, false)).topics.filter(topic =>
    topic.name?.startsWith(prefix),
  );
  const configurationKeys = ['min.insync.replicas', 'retention.ms', 'cleanup.policy'];
  for (let start = 0; start < topics.length; start += 1_000)
    await describeConfigsV4.api.async(
      connection,
      topics
        .slice(start, start + 1_000)
        .map(topic => ({ resourceType: 2 as const, resourceName: topic.name ?? '', configurationKeys })),
      false,
      false,
    );
} else {
  const wanted = Array.from({ length: Number(count) }, (_, index) => ({
    name: `${prefix}${index}`,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [
      { name: 'retention.ms', value: '604800000' },
      { name: 'cleanup.policy', value: 'delete' },
    ],
  }));
  for (let start = 0; start < wanted.length; start += 2_000)
    await createTopicsV7.api.async(connection, wanted.slice(start, start + 2_000), 60_000, false);
}
await connection.close();
