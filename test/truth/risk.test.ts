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

test('another clean-up policy is destructive and says why', async () => {
  const landscape = testLandscape();
  const topic = (policy: string) => manifest('Topic', 'shop.a', { config: { 'cleanup.policy': policy } });
  landscape.write('tenants/shop/all.yaml', topic('compact'));
  await landscape.apply();
  landscape.write('tenants/shop/all.yaml', topic('compact,delete'));
  expect((await landscape.plan()).changes).toMatchObject([{ risk: 'destructive', reasons: [{ code: 'topic/cleanup-changes' }] }]);
}, 180_000);
