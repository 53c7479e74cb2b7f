import { expect, test } from 'vitest';
import { manifest, testLandscape } from '../landscape.ts';

test('a retention that no document names any more is destructive where the default that then holds is shorter, and not where it is longer', async () => {
  const landscape = testLandscape();
  const topics = (a: object, b: object) =>
    manifest('Topic', 'shop.a', { config: a }) + manifest('Topic', 'shop.b', { config: b });
  landscape.write('tenants/shop/all.yaml', topics({ 'retention.ms': '30d' }, { 'retention.ms': '1h' }));
  await landscape.apply();
  landscape.write('tenants/shop/all.yaml', topics({}, {}));
  expect((await landscape.plan()).changes).toMatchObject([
    { name: 'shop.a', risk: 'destructive', reasons: [{ code: 'topic/retention-drops-data' }], evidence: { records: 0 } },
    { name: 'shop.b', risk: 'safe', reasons: [] },
  ]);
}, 180_000);

test('a longer retention drops nothing, and the plan does not say so beside another risk', async () => {
  const landscape = testLandscape();
  const topic = (partitions: number, retention: string) =>
    manifest('Topic', 'shop.a', { partitions, config: { 'retention.ms': retention } });
  landscape.write('tenants/shop/all.yaml', topic(1, '1d'));
  await landscape.apply();
  landscape.write('tenants/shop/all.yaml', topic(2, '2d'));
  expect((await landscape.plan()).changes).toMatchObject([{ risk: 'disruptive', reasons: [{ code: 'topic/keys-will-move' }] }]);
}, 180_000);

test('min.insync.replicas above a replication factor that the broker chooses, or the other way round, cannot be done', async () => {
  const landscape = testLandscape({ landscape: { defaults: { topic: { partitions: 1 } } } });
  landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.a', { config: { 'min.insync.replicas': 30 } }));
  const plan = await landscape.plan();
  expect(plan.changes).toMatchObject([{ state: 'impossible', reasons: [{ code: 'topic/min-insync-above-replication' }] }]);
  landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.a', { config: { 'min.insync.replicas': 1 } }));
  expect((await landscape.apply()).changes).toMatchObject([{ outcome: { state: 'applied' } }]);
}, 180_000);

test('a change that is not safe names who else feels it, with their owners: readers of another tenant, connectors, schemas', async () => {
  const landscape = testLandscape();
  landscape.write(
    'platform/tenants/fraud.yaml',
    manifest('Tenant', 'fraud', { owners: [{ group: 'fraud-team' }], owns: { groups: ['fraud.*'] } }),
  );
  const topic = (retention: string) => manifest('Topic', 'shop.a', { config: { 'retention.ms': retention } });
  const grant = manifest('Grant', 'fraud-reads', { to: 'fraud', as: 'consumer', topics: ['shop.a'] });
  landscape.write('tenants/shop/all.yaml', topic('7d') + grant);
  landscape.write(
    'tenants/fraud/all.yaml',
    manifest('ServiceAccount', 'fraud.scorer', {}) +
      manifest('Access', 'scorer-reads', {
        serviceAccount: 'fraud.scorer',
        as: 'consumer',
        topics: ['shop.a'],
        group: 'fraud.g',
      }),
  );
  await landscape.apply();
  landscape.write('tenants/shop/all.yaml', topic('1h') + grant);
  expect((await landscape.plan()).changes).toMatchObject([
    {
      name: 'shop.a',
      risk: 'destructive',
      affected: [{ document: 'fraud/Access/scorer-reads', tenant: 'fraud', owners: ['group fraud-team'], as: 'reads' }],
    },
  ]);
  const { stdout } = await landscape.kaas('plan', 'dev');
  expect(stdout).toContain('affects fraud (group fraud-team): Access/scorer-reads reads');
}, 180_000);

test('another clean-up policy is destructive and says why', async () => {
  const landscape = testLandscape();
  const topic = (policy: string) => manifest('Topic', 'shop.a', { config: { 'cleanup.policy': policy } });
  landscape.write('tenants/shop/all.yaml', topic('compact'));
  await landscape.apply();
  landscape.write('tenants/shop/all.yaml', topic('compact,delete'));
  expect((await landscape.plan()).changes).toMatchObject([{ risk: 'destructive', reasons: [{ code: 'topic/cleanup-changes' }] }]);
}, 180_000);
