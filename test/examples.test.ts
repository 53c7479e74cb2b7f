import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { kafkaToolOn } from './kafka-tools.ts';
import { run } from './landscape.ts';

/** The example in a folder of its own with its own local Kafka, both gone when the test ends. */
async function example(name: string): Promise<string> {
  const directory = join(mkdtempSync(join(tmpdir(), 'kaas-example-')), name);
  cpSync(join(import.meta.dirname, '../examples', name), directory, { recursive: true });
  onTestFinished(async () => {
    await run(directory, ['down']);
    rmSync(join(directory, '..'), { recursive: true, force: true });
  });
  expect((await run(directory, ['up'])).code).toBe(0);
  return directory;
}

async function applied(directory: string, environment: string): Promise<void> {
  const first = await run(directory, ['apply', environment, '--yes', '-o', 'json']);
  expect([first.code, first.stderr]).toEqual([0, expect.any(String)]);
  const again = await run(directory, ['apply', environment, '--yes', '-o', 'json']);
  expect(again.code).toBe(0);
  expect(again.requests.writes).toBe(0);
}

/** `name partitions` per topic, internal ones left out. */
async function topicsOn(directory: string, cluster: string): Promise<string[]> {
  const described = await kafkaToolOn(directory, cluster, 'topics', '--describe', '--exclude-internal');
  return [...described.matchAll(/^Topic: (\S+).*PartitionCount: (\d+)/gm)].map(match => `${match[1]} ${match[2]}`).toSorted();
}

/** `type name pattern operation` per binding of one principal. */
async function rightsOn(directory: string, cluster: string, principal: string): Promise<string[]> {
  const listed = await kafkaToolOn(directory, cluster, 'acls', '--list', '--principal', principal);
  let resource = '';
  const rights: string[] = [];
  for (const line of listed.split('\n')) {
    const named = /resourceType=(\w+), name=(.*), patternType=(\w+)/.exec(line);
    if (named !== null) resource = `${named[1]} ${named[2]} ${named[3]}`;
    const right = /operation=(\w+), permissionType=ALLOW/.exec(line);
    if (right !== null) rights.push(`${resource} ${right[1]}`);
  }
  return rights.toSorted();
}

const three = [
  'bronze',
  'customers',
  'gold',
  'order-validations',
  'orders',
  'orders-enriched',
  'payments',
  'platinum',
  'silver',
  'warehouse-inventory',
].map(name => `${name} 3`);
const services = [
  'EmailService',
  'FraudService',
  'InventoryService',
  'OrderDetailsService',
  'OrdersService',
  'ValidationsAggregatorService',
];
const shared = [
  '_confluent-command 6',
  '_confluent-monitoring 6',
  'connect-configs 1',
  'connect-offsets 6',
  'connect-statuses 1',
];

test('streaming-ops: every declared topic and right is on the brokers of both environments, transactional ids included', {
  timeout: 180_000,
}, async () => {
  const directory = await example('streaming-ops');
  for (const environment of ['dev', 'prd']) {
    await applied(directory, environment);
    const cluster = `microservices-orders-${environment}`;
    const extra = environment === 'dev' ? ['pageviews 3'] : [];
    expect(await topicsOn(directory, cluster)).toEqual([...three, ...shared, ...extra].toSorted());
    expect(await rightsOn(directory, cluster, 'User:microservices-orders-client')).toEqual(
      [
        ...['READ', 'WRITE', 'CREATE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'DELETE'].map(each => `TOPIC * LITERAL ${each}`),
        ...services.flatMap(service => ['READ', 'WRITE', 'CREATE'].map(each => `GROUP ${service} LITERAL ${each}`)),
        'TRANSACTIONAL_ID * LITERAL DESCRIBE',
        'TRANSACTIONAL_ID * LITERAL WRITE',
        'CLUSTER kafka-cluster LITERAL IDEMPOTENT_WRITE',
      ].toSorted(),
    );
    const worker =
      environment === 'dev' ? ['READ', 'WRITE', 'CREATE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'DELETE'] : ['READ', 'WRITE'];
    expect(await rightsOn(directory, cluster, 'User:connect-worker-client')).toEqual(
      [
        ...worker.map(each => `TOPIC * PREFIXED ${each}`),
        'GROUP streaming-ops-connect LITERAL READ',
        'CLUSTER kafka-cluster LITERAL DESCRIBE',
      ].toSorted(),
    );
  }
  const compact = await kafkaToolOn(directory, 'microservices-orders-prd', 'topics', '--describe', '--topic', 'connect-offsets');
  expect(compact).toContain('cleanup.policy=compact');
});

test('first-topic: what is on its cluster, imported from nothing, is a landscape whose plan is empty', {
  timeout: 120_000,
}, async () => {
  const directory = await example('first-topic');
  await applied(directory, 'dev');
  rmSync(join(directory, 'tenants'), { recursive: true });
  rmSync(join(directory, '.kaas/kaas.db'), { force: true });
  expect((await run(directory, ['import', 'dev'])).code).toBe(0);
  const plan = JSON.parse((await run(directory, ['plan', 'dev', '-o', 'json'])).stdout);
  expect(plan.problems).toEqual([]);
  expect(plan.changes.filter((change: { action: string }) => change.action !== 'adopt')).toEqual([]);
  expect(plan.changes.map((change: { name: string }) => change.name)).toContain('shop.orders');
});
