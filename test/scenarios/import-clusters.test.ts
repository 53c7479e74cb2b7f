import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { Redacted } from '#model/redacted.ts';
import type { Kafka } from '#ports/kafka.ts';
import { openKafka } from '#targets/kafka/index.ts';
import { importedWhole, left, names } from '../imported.ts';
import { run } from '../landscape.ts';
import { type Around, around, type Estate, estate, landscapeAround, raise } from '../random/estates.ts';

const logical = ['main', 'us'];
const plainly: Around = { prefix: '', sibling: undefined, configuredBy: 'dev', tenants: [], fallback: true, defaults: {} };

/** Forgets what was imported and applied: the landscape's frame alone, as described. */
function frameOf(directory: string, each: Around): void {
  for (const name of readdirSync(directory)) if (name !== '.kaas') rmSync(join(directory, name), { recursive: true });
  rmSync(join(directory, '.kaas/kaas.db'), { force: true });
  for (const [file, content] of landscapeAround(each, logical)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), JSON.stringify(content));
  }
}

/** A landscape with two local clusters of one broker each; gone when the test ends. */
async function twoClusters(): Promise<{ directory: string; ports: Kafka[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-clusters-'));
  frameOf(directory, plainly);
  const ports: Kafka[] = [];
  onTestFinished(async () => {
    for (const port of ports) await port[Symbol.asyncDispose]();
    await run(directory, ['down']);
    rmSync(directory, { recursive: true, force: true });
  });
  const up = await run(directory, ['up', '-o', 'json']);
  for (const { cluster, bootstrapServers, adminProperties } of JSON.parse(up.stdout).clusters) {
    const properties = readFileSync(adminProperties, 'utf8');
    const setting = (name: string) => new RegExp(`${name}="([^"]+)"`).exec(properties)?.[1] ?? '';
    ports.push(
      await openKafka({
        label: cluster,
        bootstrapServers,
        protocol: 'SASL_PLAINTEXT',
        mechanism: 'SCRAM-SHA-512',
        username: setting('username'),
        password: new Redacted(setting('password')),
      }),
    );
  }
  return { directory, ports };
}

const nothing: Estate = { topics: [], users: [], acls: [], quotas: [], groups: [], brokers: [] };

test('what differs between two clusters of an environment comes back as one document with patches, what only one has names that one', {
  timeout: 180_000,
}, async () => {
  const { directory, ports } = await twoClusters();
  const topic = (name: string, partitions: number, config: Record<string, string> = {}) => ({
    name,
    partitions,
    replicationFactor: 1,
    config,
  });
  const limits = (rate: number) => [{ entity: { user: 'reader' }, limits: { consumer_byte_rate: rate } }];
  const users = [{ user: 'reader', mechanisms: ['SCRAM-SHA-512'] as const }];
  const [main, us] = ports as [Kafka, Kafka];
  const everywhere = { ...nothing, users };
  await raise(main, {
    ...everywhere,
    topics: [topic('orders', 3, { 'retention.ms': '1000', 'cleanup.policy': 'compact' }), topic('same', 1)],
    quotas: limits(1_024),
    groups: [{ name: 'g', config: { 'consumer.session.timeout.ms': '50000' } }],
    brokers: [{ scope: 'default', config: { 'log.retention.ms': '86400000' } }],
  });
  await raise(us, {
    ...everywhere,
    topics: [topic('orders', 6, { 'retention.ms': '2000' }), topic('same', 1), topic('american', 1)],
    quotas: limits(2_048),
    brokers: [{ scope: '1', config: { 'log.retention.ms': '3600000' } }],
  });
  await sleep(500);
  const { documents } = await importedWhole(directory, 'dev');
  const parts = (kind: string, name: string) =>
    documents.flatMap(({ kind: of, $patch, metadata, spec }) =>
      of === kind && metadata.name === name ? [[$patch, metadata.clusters, spec]] : [],
    );
  expect(parts('Topic', 'orders')).toEqual([
    ['create', logical, { partitions: 3, replicationFactor: 1, config: { 'retention.ms': '1000', 'cleanup.policy': 'compact' } }],
    [undefined, ['us'], { partitions: 6, config: { 'retention.ms': '2000', 'cleanup.policy': null } }],
  ]);
  expect(parts('Topic', 'same')).toMatchObject([['create', logical, {}]]);
  expect(parts('Topic', 'american')).toMatchObject([['create', ['us'], {}]]);
  expect(parts('ConsumerGroup', 'g')).toMatchObject([['create', undefined, {}]]);
  expect(parts('ServiceAccount', 'reader')).toHaveLength(1);
  expect(names(documents, 'Quota')).toHaveLength(2);
  const config = (name: string) =>
    parse(readFileSync(join(directory, `platform/clusters/${name}.yaml`), 'utf8')).spec.brokerConfig;
  expect([config('main'), config('us')]).toEqual([
    { default: { 'log.retention.ms': '86400000' } },
    { '1': { 'log.retention.ms': '3600000' } },
  ]);
});

const rounds = Number(process.env.KAAS_RANDOM_REAL_IMPORTS ?? 5);

test(`any estate on two real clusters, imported, is a landscape whose plan is empty (${rounds} random cases, one on top of the other)`, {
  timeout: 3_600_000,
}, async () => {
  const { directory, ports } = await twoClusters();
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.tuple(estate, estate), around, async (estates, frame) => {
      for (const [index, port] of ports.entries()) await raise(port, bearable(estates[index] as Estate));
      await sleep(500);
      frameOf(directory, frame);
      const { leftOut, documents } = await importedWhole(directory, 'dev');
      for (const { kind } of documents) seen.add(kind);
      expect(left(leftOut, frame.prefix === '' ? 'import/ourselves' : 'import/outside-prefix')).toContain('User:admin');
    }),
    {
      numRuns: rounds,
      endOnFailure: true,
      ...(process.env.KAAS_RANDOM_SEED === undefined ? {} : { seed: Number(process.env.KAAS_RANDOM_SEED) }),
    },
  );
  // Five cases need not hold a right that is a template's; twenty-five always do.
  if (rounds >= 25) {
    expect([...seen].toSorted()).toEqual(['Access', 'Acl', 'ConsumerGroup', 'Quota', 'ServiceAccount', 'Topic']);
  } else expect([...seen]).toContain('Topic');
});

/** One broker, and no limit that slows down the user that the test itself connects with. */
const bearable = (each: Estate): Estate => ({
  ...each,
  topics: each.topics.map(topic => ({ ...topic, replicationFactor: 1 })),
  quotas: each.quotas.filter(({ entity }) => !Object.values(entity).includes(null)),
  brokers: each.brokers.filter(({ scope }) => scope === 'default' || scope === '1'),
});
