import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { applied, example } from '../example-landscape.ts';
import { imported, importedWhole, left, names } from '../imported.ts';
import { kafkaToolOn } from '../kafka-tools.ts';
import { run } from '../landscape.ts';

/** Leaves of a landscape what import needs: kaas.yaml, environments, clusters, and the tenants unless they go too. Nothing that was applied is remembered. */
function frameAlone(directory: string, { tenants }: { tenants: boolean }): void {
  rmSync(join(directory, 'tenants'), { recursive: true, force: true });
  rmSync(join(directory, '.kaas/kaas.db'), { force: true });
  const keep = new Set(['clusters', 'environments', ...(tenants ? ['tenants'] : [])]);
  for (const name of readdirSync(join(directory, 'platform')))
    if (!keep.has(name)) rmSync(join(directory, 'platform', name), { recursive: true });
  for (const entry of readdirSync(join(directory, 'platform/environments'), { withFileTypes: true }))
    if (entry.isDirectory()) rmSync(join(directory, 'platform/environments', entry.name), { recursive: true });
}

test('first-topic, imported from nothing, is a landscape whose plan is empty', { timeout: 120_000 }, async () => {
  const directory = await example('first-topic');
  await applied(directory, 'dev');
  frameAlone(directory, { tenants: true });
  const documents = await imported(directory, 'dev');
  expect(names(documents, 'Topic')).toContain('shop.orders');
});

test('payments, imported from nothing: access templates are recognised, each environment has its own names, tenants what they own', {
  timeout: 180_000,
}, async () => {
  const directory = await example('payments');
  for (const environment of ['dev', 'prod']) await applied(directory, environment);
  frameAlone(directory, { tenants: true });
  for (const environment of ['dev', 'prod']) {
    const documents = await imported(directory, environment);
    expect(names(documents, 'Acl')).toEqual([]);
    expect(documents.filter(each => each.kind === 'Access').map(each => [each.file, each.spec])).toEqual([
      [
        `platform/environments/${environment}/unassigned/imported-access.yaml`,
        { serviceAccount: 'fraud/fraud.scoring', as: 'consumer', topics: ['payments/payments.orders'], group: 'fraud.scoring' },
      ],
      [
        `tenants/payments/environments/${environment}/imported-access.yaml`,
        { serviceAccount: 'payments.checkout', as: 'producer', topics: ['payments.orders'] },
      ],
    ]);
  }
});

test('streaming-ops, imported from nothing without any tenant: everything is unassigned', { timeout: 180_000 }, async () => {
  const directory = await example('streaming-ops', { without: 'tenants/pipelines' });
  for (const environment of ['dev', 'prd']) await applied(directory, environment);
  frameAlone(directory, { tenants: false });
  for (const environment of ['dev', 'prd']) {
    const documents = await imported(directory, environment);
    expect(new Set(documents.map(each => each.file.split('/').slice(0, 4).join('/')))).toEqual(
      new Set([`platform/environments/${environment}/unassigned`]),
    );
    expect(names(documents, 'Topic')).toContain('orders-enriched');
  }
});

test('an estate made by hand: every name, pattern, permission and quota comes back as a document', {
  timeout: 180_000,
}, async () => {
  const directory = await example('first-topic');
  // A default of the landscape that the topics, made without one, do not have.
  const landscape = join(directory, 'kaas.yaml');
  const defaults = 'config: { min.insync.replicas: 1, segment.ms: 1h }';
  writeFileSync(landscape, readFileSync(landscape, 'utf8').replace('replicationFactor: 1', `replicationFactor: 1, ${defaults}`));
  const acl = (...args: string[]) => kafkaToolOn(directory, 'main', 'acls', '--add', ...args);
  const config = (...args: string[]) => kafkaToolOn(directory, 'main', 'configs', '--alter', ...args);
  for (const topic of ['_hidden', 'UPPER.Case_x', 'a', 'logs.raw'])
    await kafkaToolOn(
      directory,
      'main',
      'topics',
      '--create',
      '--topic',
      topic,
      '--partitions',
      '2',
      '--config',
      'retention.ms=1000',
    );
  await config(
    '--add-config',
    'SCRAM-SHA-512=[password=secret-of-reader]',
    '--entity-type',
    'users',
    '--entity-name',
    'reader one',
  );
  await config('--add-config', 'SCRAM-SHA-256=[password=secret-of-writer]', '--entity-type', 'users', '--entity-name', 'writer');
  await acl('--allow-principal', 'User:writer', '--producer', '--topic', 'a');
  await acl('--allow-principal', 'User:writer', '--producer', '--topic', 'logs.', '--resource-pattern-type', 'prefixed');
  await acl('--allow-principal', 'User:reader one', '--consumer', '--topic', 'a', '--group', 'g');
  await acl('--allow-principal', 'User:CN=app,O=shop', '--operation', 'READ', '--topic', 'a');
  await acl(
    '--allow-principal',
    'User:CN=app,O=shop',
    '--operation',
    'READ',
    '--group',
    'app-',
    '--resource-pattern-type',
    'prefixed',
  );
  await acl('--deny-principal', 'User:writer', '--deny-host', '10.0.0.1', '--operation', 'READ', '--topic', 'a');
  await acl('--allow-principal', 'User:*', '--operation', 'DESCRIBE', '--topic', '*');
  await acl('--allow-principal', 'User:writer', '--operation', 'IdempotentWrite', '--cluster');
  await acl('--allow-principal', 'User:writer', '--operation', 'READ', '--topic', 'not-there');
  await config(
    '--add-config',
    'producer_byte_rate=1024',
    '--entity-type',
    'users',
    '--entity-name',
    'writer',
    '--entity-type',
    'clients',
    '--entity-name',
    'c1',
  );
  await config('--add-config', 'consumer_byte_rate=2048', '--entity-type', 'users', '--entity-default');
  await config('--add-config', 'request_percentage=50', '--entity-type', 'clients', '--entity-default');
  await config('--add-config', 'connection_creation_rate=10', '--entity-type', 'ips', '--entity-name', '127.0.0.9');
  await config('--add-config', 'connection_creation_rate=20', '--entity-type', 'ips', '--entity-default');
  await config('--add-config', 'consumer.session.timeout.ms=50000', '--entity-type', 'groups', '--entity-name', 'g');
  frameAlone(directory, { tenants: false });
  const { documents, leftOut } = await importedWhole(directory, 'dev');
  expect(left(leftOut, 'import/ourselves')).toEqual(['User:admin']);
  expect(left(leftOut, 'import/internal')).toEqual([]);
  expect(left(leftOut, 'service-account/password-unknown')).toEqual(['User:reader one', 'User:writer']);
  expect(names(documents, 'Topic')).toEqual(['UPPER.Case_x', '_hidden', 'a', 'logs.raw']);
  expect(names(documents, 'ConsumerGroup')).toEqual(['g']);
  const accesses = documents.filter(each => each.kind === 'Access');
  expect(accesses.map(each => each.spec)).toEqual(
    expect.arrayContaining([
      { serviceAccount: 'writer', as: 'producer', topics: ['a', 'logs.*'] },
      { serviceAccount: expect.stringMatching(/^reader.one/), as: 'consumer', topics: ['a'], group: 'g' },
      { serviceAccount: expect.stringMatching(/^CN-app-O-shop-/), as: 'consumer', topics: ['a'], group: 'app-*' },
    ]),
  );
  expect(documents.filter(each => each.kind === 'Quota')).toHaveLength(5);
  const text = documents.map(each => readFileSync(join(directory, each.file), 'utf8')).join('');
  expect(text).not.toMatch(/secret-of|admin/);
});

test('broker configuration comes into the document of its cluster, but no secret and nothing that Kafka sets by itself', {
  timeout: 180_000,
}, async () => {
  const directory = await example('first-topic');
  const broker = (...args: string[]) => kafkaToolOn(directory, 'main', 'configs', '--alter', '--entity-type', 'brokers', ...args);
  await broker('--entity-default', '--add-config', 'log.cleaner.threads=1,log.retention.ms=86400000');
  await broker(
    '--entity-name',
    '1',
    '--add-config',
    'log.segment.delete.delay.ms=120000,max.connections.per.ip.overrides=[10.0.0.1:5]',
  );
  await broker('--entity-name', '1', '--add-config', 'listener.name.internal.ssl.key.password=secret-of-broker');
  const cluster = join(directory, 'platform/clusters/main.yaml');
  writeFileSync(
    cluster,
    `${readFileSync(cluster, 'utf8')}  brokerConfig:\n    default:\n      log.cleaner.threads: 1 # by hand\n`,
  );
  frameAlone(directory, { tenants: true });
  const { leftOut } = await importedWhole(directory, 'dev');
  const text = readFileSync(cluster, 'utf8');
  expect(text).toMatch(/^# `kaas up`[^]*log.cleaner.threads: 1 # by hand/);
  expect(parseAllDocuments(text)[0]?.toJS().spec).toEqual({
    connection: 'local',
    brokerConfig: {
      default: { 'log.cleaner.threads': 1, 'log.retention.ms': '86400000' },
      '1': { 'log.segment.delete.delay.ms': '120000', 'max.connections.per.ip.overrides': '10.0.0.1:5' },
    },
  });
  expect(text).not.toMatch(/secret-of/);
  expect(left(leftOut, 'kafka-cluster/secret-config')).toEqual(['1.listener.name.internal.ssl.key.password']);
  expect(left(leftOut, 'kafka-cluster/set-from-birth')).toEqual(['default.min.insync.replicas']);
});

test('an environment that does not configure a shared cluster leaves what carries no prefix, and says whose it is', {
  timeout: 180_000,
}, async () => {
  const directory = await example('payments');
  const config = (...args: string[]) => kafkaToolOn(directory, 'main', 'configs', '--alter', ...args);
  await config('--entity-type', 'brokers', '--entity-default', '--add-config', 'log.cleaner.threads=1,log.retention.ms=86400000');
  await config('--add-config', 'consumer_byte_rate=2048', '--entity-type', 'users', '--entity-default');
  await kafkaToolOn(directory, 'main', 'topics', '--create', '--topic', 'outside');
  await kafkaToolOn(directory, 'main', 'acls', '--add', '--allow-principal', 'User:x', '--operation', 'READ', '--topic', 'dev.*');
  frameAlone(directory, { tenants: true });
  const dev = await importedWhole(directory, 'dev');
  expect(left(dev.leftOut, 'import/configured-elsewhere')).toEqual(['brokers', 'user=<default>']);
  expect(left(dev.leftOut, 'import/outside-prefix')).toContain('outside');
  expect(left(dev.leftOut, 'acl/prefix-would-widen')).toEqual(['User:x|topic|literal|dev.*|READ|ALLOW|*']);
  const prod = await importedWhole(directory, 'prod');
  expect(left(prod.leftOut, 'import/configured-elsewhere')).toEqual([]);
  expect(names(prod.documents, 'Topic')).toEqual(['outside']);
  expect(readFileSync(join(directory, 'platform/clusters/main.yaml'), 'utf8')).toContain('log.retention.ms: "86400000"');
  const text = await run(directory, ['import', 'dev']);
  expect(text.stdout).toMatch(
    /1 Quota on main: It carries no prefix and belongs to `prod`, which configures the cluster\. user=<default>/,
  );
});
