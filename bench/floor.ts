import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Connection,
  createAclsV3,
  createTopicsV7,
  describeAclsV3,
  describeClusterV1,
  describeConfigsV4,
  incrementalAlterConfigsV1,
  metadataV12,
} from '@platformatic/kafka';
import { parseAllDocuments } from 'yaml';

/**
 * What no program on this client can beat: one connection and the raw protocol requests that a job needs, nothing else.
 *
 *     node bench/floor.ts plan PREFIX [acls]       topics, three configuration keys of those with the prefix, all ACLs
 *     node bench/floor.ts change PREFIX TOPIC      the same and one changed configuration key of that topic
 *     node bench/floor.ts topics PREFIX COUNT      the topics that stand, then so many new ones
 *     node bench/floor.ts listed PREFIX COUNT      the same, and asks until the broker lists them all
 *     node bench/floor.ts acls PREFIX COUNT        what `plan` reads, then so many ACL bindings
 *     node bench/floor.ts yaml FOLDER              no Kafka: parses every YAML file of a folder
 */
const [job, subject = '', detail = ''] = process.argv.slice(2);
if (job === 'yaml') parseFolder(subject);
else await onKafka();

function parseFolder(folder: string): void {
  let documents = 0;
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.yaml'))
      for (const document of parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
        if (document.toJS() !== null) documents++;
  console.log(documents);
}

async function onKafka(): Promise<void> {
  const [host = '', port = ''] = (process.env.BENCH_BOOTSTRAP ?? '').split(':');
  const connection = new Connection('floor', {
    sasl: { mechanism: 'SCRAM-SHA-512', username: process.env.BENCH_USER ?? '', password: process.env.BENCH_PASSWORD ?? '' },
    requestTimeout: 120_000,
  });
  connection.on('error', () => {});
  await connection.connect(host, Number(port));
  await describeClusterV1.api.async(connection, true, 1);
  const topics = await listTopics(connection, subject);
  if (job !== 'topics' && job !== 'listed') await describeConfigs(connection, topics);
  if (job === 'acls' || detail === 'acls')
    await describeAclsV3.api.async(connection, {
      resourceType: 1,
      resourceName: null,
      resourcePatternType: 1,
      principal: null,
      host: null,
      operation: 1,
      permissionType: 1,
    });
  if (job === 'topics' || job === 'listed') await createTopics(connection, subject, Number(detail));
  if (job === 'listed') while ((await listTopics(connection, subject)).length < Number(detail)) await sleep(100);
  if (job === 'acls') await createAcls(connection, subject, Number(detail));
  if (job === 'change') {
    const configs = [{ name: 'retention.ms', configOperation: 0 as const, value: String(Date.now()) }];
    await incrementalAlterConfigsV1.api.async(connection, [{ resourceType: 2, resourceName: detail, configs }], false);
  }
  await connection.close();
}

async function listTopics(connection: Connection, prefix: string): Promise<string[]> {
  const { topics } = await metadataV12.api.async(connection, null, false, false);
  return topics.map(topic => topic.name ?? '').filter(name => name.startsWith(prefix));
}

async function describeConfigs(connection: Connection, topics: readonly string[]): Promise<void> {
  const configurationKeys = ['min.insync.replicas', 'retention.ms', 'cleanup.policy'];
  for (let start = 0; start < topics.length; start += 1_000) {
    const part = topics.slice(start, start + 1_000);
    const asked = part.map(resourceName => ({ resourceType: 2 as const, resourceName, configurationKeys }));
    await describeConfigsV4.api.async(connection, asked, false, false);
  }
}

/** A topic of one partition with two settings is four records; the controller refuses a request of more than 10,000. */
async function createTopics(connection: Connection, prefix: string, count: number): Promise<void> {
  const wanted = Array.from({ length: count }, (_, index) => ({
    name: `${prefix}${index}`,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [
      { name: 'retention.ms', value: '604800000' },
      { name: 'cleanup.policy', value: 'delete' },
    ],
  }));
  for (let start = 0; start < count; start += 2_000)
    await createTopicsV7.api.async(connection, wanted.slice(start, start + 2_000), 60_000, false);
}

async function createAcls(connection: Connection, prefix: string, count: number): Promise<void> {
  const wanted = Array.from({ length: count }, (_, index) => ({
    resourceType: 2 as const,
    resourceName: `${prefix}new-${Math.floor(index / 5)}`,
    resourcePatternType: 3 as const,
    principal: 'User:CN=floor',
    host: '*',
    operation: (3 + (index % 5)) as 3,
    permissionType: 3 as const,
  }));
  for (let start = 0; start < count; start += 2_000) await createAclsV3.api.async(connection, wanted.slice(start, start + 2_000));
}
