import { describe, expect, test } from 'vitest';
import { kafkaTool } from '../kafka-tools.ts';
import { manifest, testLandscape } from '../landscape.ts';

const one = (changes: readonly { name: string }[], name: string) => changes.find(change => change.name === name);

describe('a topic from Git to a live cluster', () => {
  test("is created as declared, confirmed by Kafka's own tool, and a second apply sends no write", async () => {
    const landscape = testLandscape();
    landscape.write(
      'tenants/shop/orders.yaml',
      manifest('Topic', 'shop.orders', { partitions: 2, config: { 'retention.ms': '7d', 'cleanup.policy': 'delete' } }),
    );
    const plan = await landscape.plan();
    expect(plan.problems).toEqual([]);
    expect(plan.summary).toMatchObject({ create: 1, unchanged: 0 });
    const applied = await landscape.apply();
    expect(applied.changes.map(change => change.outcome?.state)).toEqual(['applied']);
    const described = await kafkaTool('topics', '--describe', '--topic', `${landscape.prefix}shop.orders`);
    expect(described).toContain('PartitionCount: 2');
    expect(described).toContain('retention.ms=604800000');
    const again = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).changes).toEqual([]);
    expect(again.requests.byApi).not.toEqual({});
    expect(again.requests.writes).toBe(0);
  });

  test('a changed line is one update with both values, an extra key of somebody else stays', async () => {
    const landscape = testLandscape();
    landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { config: { 'retention.ms': '7d' } }));
    await landscape.apply();
    const remote = `${landscape.prefix}shop.orders`;
    await kafkaTool(
      'configs',
      '--alter',
      '--entity-type',
      'topics',
      '--entity-name',
      remote,
      '--add-config',
      'segment.ms=3600000',
    );
    landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { config: { 'retention.ms': '1h' } }));
    const plan = await landscape.plan();
    expect(plan.changes).toMatchObject([
      {
        action: 'update',
        state: 'ready',
        probe: 'accepted',
        risk: 'destructive',
        fields: [{ path: 'config.retention.ms', from: '604800000', to: '3600000', risk: 'destructive' }],
      },
    ]);
    await landscape.apply();
    expect(await kafkaTool('topics', '--describe', '--topic', remote)).toMatch(/segment\.ms=3600000/);
  });

  test('a removed document deletes nothing while prune is off, and says so', async () => {
    const landscape = testLandscape();
    landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', {}));
    await landscape.apply();
    landscape.remove('tenants/shop/orders.yaml');
    const run = await landscape.apply();
    expect(run.code).toBe(0);
    expect(run.changes).toMatchObject([
      { action: 'delete', state: 'blocked', blockedBy: [{ code: 'plan/prune-off' }], outcome: { state: 'skipped' } },
    ]);
    const confirmed = await landscape.apply('--confirm-delete', 'Topic/shop.orders');
    expect(confirmed.changes).toMatchObject([{ action: 'delete', outcome: { state: 'applied' } }]);
    expect(await kafkaTool('topics', '--list')).not.toContain(`${landscape.prefix}shop.orders`);
  });
});

describe('what the broker would refuse is in the plan, and nothing is written', () => {
  const traps: [string, object, RegExp][] = [
    ['replication above the brokers', { replicationFactor: 30 }, /topic\/replication-above-brokers/],
    ['an unknown config key', { config: { 'retention.mss': 1 } }, /kafka\/invalid-config/],
    ['an invalid config value', { config: { 'retention.ms': 'soon' } }, /topic\/bad-quantity/],
    ['an invalid enum value', { config: { 'cleanup.policy': 'shred' } }, /kafka\/invalid-config/],
    [
      'min.insync.replicas above replication',
      { replicationFactor: 1, config: { 'min.insync.replicas': 2 } },
      /topic\/min-insync-above-replication/,
    ],
  ];
  test.each(traps)('%s', async (_name, spec, code) => {
    const landscape = testLandscape();
    landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', spec));
    const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect(run.code).toBe(1);
    const plan = JSON.parse(run.stdout);
    expect(JSON.stringify([plan.problems, plan.changes])).toMatch(code);
    expect(run.requests.writes).toBe(0);
    expect(await kafkaTool('topics', '--list')).not.toContain(landscape.prefix);
  });

  test('fewer partitions than there are', async () => {
    const landscape = testLandscape();
    landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { partitions: 3 }));
    await landscape.apply();
    landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { partitions: 2 }));
    const plan = await landscape.plan();
    expect(plan.changes).toMatchObject([
      { action: 'update', state: 'impossible', reasons: [{ code: 'topic/partitions-cannot-shrink' }] },
    ]);
    expect(plan.problems.map(problem => problem.scope)).toEqual(['change']);
  });

  test('names that collide by . and _, declared or live', async () => {
    const landscape = testLandscape();
    landscape.write('tenants/shop/a.yaml', manifest('Topic', 'shop.a.b', {}));
    await landscape.apply();
    landscape.write('tenants/shop/a.yaml', manifest('Topic', 'shop.a.b', {}) + manifest('Topic', 'shop.a_b', {}));
    const plan = await landscape.plan();
    expect(one(plan.changes, 'shop.a_b')).toMatchObject({ state: expect.stringMatching(/impossible|blocked/) });
    expect(plan.problems.map(problem => problem.code)).toContain('topic/name-collision');
  });

  test('the same topic in two files', async () => {
    const landscape = testLandscape();
    landscape.write('tenants/shop/a.yaml', manifest('Topic', 'shop.orders', {}));
    landscape.write('tenants/shop/b.yaml', manifest('Topic', 'shop.orders', { partitions: 2 }));
    const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('load/duplicate-document');
    expect(run.requests.writes).toBe(0);
  });
});
