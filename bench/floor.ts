import { pbkdf2, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  alterUserScramCredentialsV0,
  Connection,
  createAclsV3,
  createTopicsV7,
  deleteAclsV3,
  describeAclsV3,
  describeClusterV1,
  describeConfigsV4,
  describeUserScramCredentialsV0,
  incrementalAlterConfigsV1,
  metadataV12,
} from '@platformatic/kafka';
import { parseAllDocuments } from 'yaml';

const readsTopics = new Set(['plan', 'change', 'config', 'topics', 'listed']);

/**
 * What no program on this client can beat: one connection and the raw protocol requests that a job needs, nothing else.
 *
 *     node bench/floor.ts plan PREFIX [acls]       topics, three configuration keys of those with the prefix, all ACLs
 *     node bench/floor.ts change PREFIX TOPIC      the same and one changed configuration key of that topic
 *     node bench/floor.ts topics PREFIX COUNT      the topics that stand, then so many new ones
 *     node bench/floor.ts listed PREFIX COUNT      the same, and asks until the broker lists them all
 *     node bench/floor.ts acls PREFIX COUNT        what `plan` reads, then so many ACL bindings
 *     node bench/floor.ts foreign PREFIX COUNT     so many ACL bindings and nothing else: somebody else's, made before a measurement
 *     node bench/floor.ts unacls PREFIX COUNT      what `plan` reads, then that many of the bindings of `acls` deleted, by exact filters
 *     node bench/floor.ts config PREFIX            what `plan` reads, then one changed key of each topic with the prefix
 *     node bench/floor.ts users PREFIX COUNT       the users that stand, then so many new ones, with as many iterations as ours
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
  const count = Number(detail);
  const topics = readsTopics.has(job ?? '') ? await listTopics(connection, subject) : [];
  if (job !== 'topics' && job !== 'listed') await describeConfigs(connection, topics);
  if (job === 'acls' || job === 'unacls' || detail === 'acls')
    await describeAclsV3.api.async(connection, {
      resourceType: 1,
      resourceName: null,
      resourcePatternType: 1,
      principal: null,
      host: null,
      operation: 1,
      permissionType: 1,
    });
  if (job === 'topics' || job === 'listed') await createTopics(connection, subject, count);
  if (job === 'listed') while ((await listTopics(connection, subject)).length < count) await sleep(100);
  if (job === 'acls' || job === 'foreign') await createAcls(connection, subject, count);
  if (job === 'unacls') await deleteAcls(connection, subject, count);
  if (job === 'users') await createUsers(connection, subject, count);
  if (job === 'change' || job === 'config') {
    // A key that the landscape does not declare: otherwise the next apply would take back a change of its own topic.
    const configs = [{ name: 'segment.ms', configOperation: 0 as const, value: String(Date.now()) }];
    const changed = (job === 'change' ? [detail] : topics).map(resourceName => ({
      resourceType: 2 as const,
      resourceName,
      configs,
    }));
    await incrementalAlterConfigsV1.api.async(connection, changed, false);
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

function bindings(prefix: string, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    resourceType: 2 as const,
    resourceName: `${prefix}new-${Math.floor(index / 5)}`,
    resourcePatternType: 3 as const,
    principal: 'User:CN=floor',
    host: '*',
    operation: (3 + (index % 5)) as 3,
    permissionType: 3 as const,
  }));
}

async function createAcls(connection: Connection, prefix: string, count: number): Promise<void> {
  const wanted = bindings(prefix, count);
  for (let start = 0; start < count; start += 2_000) await createAclsV3.api.async(connection, wanted.slice(start, start + 2_000));
}

/** The controller compares each filter with each binding: 20 filters a request where 50,000 stand. */
async function deleteAcls(connection: Connection, prefix: string, count: number): Promise<void> {
  const filters = bindings(prefix, count);
  for (let start = 0; start < count; start += 20) await deleteAclsV3.api.async(connection, filters.slice(start, start + 20));
}

async function createUsers(connection: Connection, prefix: string, count: number): Promise<void> {
  await describeUserScramCredentialsV0.api.async(connection, null);
  const iterations = 8_192;
  for (let start = 0; start < count; start += 1_000) {
    const names = Array.from({ length: Math.min(1_000, count - start) }, (_, index) => `${prefix}${start + index}`);
    const credentials = names.map(async name => {
      const salt = randomBytes(24);
      const saltedPassword = await promisify(pbkdf2)(name, salt, iterations, 64, 'sha512');
      return { name, mechanism: 2, iterations, salt, saltedPassword };
    });
    await alterUserScramCredentialsV0.api.async(connection, [], await Promise.all(credentials));
  }
}
