import { expect, test } from 'vitest';
import { kafkaTool } from '../kafka-tools.ts';
import { manifest, testLandscape } from '../landscape.ts';

test('an ALLOW that is removed while a DENY stays: the plan says that both concern the same', async () => {
  const landscape = testLandscape();
  const base = manifest('ServiceAccount', 'shop.a', {}) + manifest('Topic', 'shop.orders', {});
  const rule = (name: string, permission: string) =>
    manifest('Acl', name, {
      serviceAccount: 'shop.a',
      resource: { type: 'topic', name: 'shop.orders' },
      operations: ['READ'],
      permission,
    });
  landscape.write('tenants/shop/all.yaml', base + rule('may', 'allow') + rule('may-not', 'deny'));
  expect((await landscape.apply()).code).toBe(0);
  landscape.write('tenants/shop/all.yaml', base + rule('may-not', 'deny'));
  const applied = await landscape.apply();
  expect(applied.changes).toMatchObject([
    {
      action: 'delete',
      kind: 'Acl',
      risk: 'disruptive',
      reasons: [{ code: 'acl/opposite-stays', message: expect.stringMatching(/a DENY for the same stays/) }],
      outcome: { state: 'applied' },
    },
  ]);
  const listed = await kafkaTool('acls', '--list', '--principal', `User:${landscape.prefix}shop.a`);
  expect(listed).toContain('permissionType=DENY');
  expect(listed).not.toContain('permissionType=ALLOW');
});

test("what is declared equal to the broker's default, on a topic that sets nothing, is no difference and no drift", async () => {
  const landscape = testLandscape();
  const remote = `${landscape.prefix}shop.orders`;
  await kafkaTool('topics', '--create', '--topic', remote, '--partitions', '1', '--replication-factor', '1');
  const config = { 'retention.ms': '7d', 'cleanup.policy': 'delete', 'max.message.bytes': 1_048_588 };
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { config }));
  const adopted = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect(JSON.parse(adopted.stdout).changes).toMatchObject([{ action: 'adopt', fields: [], outcome: { state: 'applied' } }]);
  expect(adopted.requests.writes).toBe(0);
  expect((await landscape.plan()).changes).toEqual([]);
  const drift = await landscape.kaas('drift', 'dev', '-o', 'json', '--exit-code');
  expect([drift.code, JSON.parse(drift.stdout).changes]).toEqual([0, []]);
});

test("a key on the topic that no document names, a vendor's for instance, is left alone: no change, no drift, no reset", async () => {
  const landscape = testLandscape();
  const remote = `${landscape.prefix}shop.orders`;
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { config: { 'retention.ms': '8d' } }));
  await landscape.apply();
  const entity = ['--entity-type', 'topics', '--entity-name', remote];
  await kafkaTool('configs', '--alter', ...entity, '--add-config', 'local.retention.ms=1000');
  expect((await landscape.plan()).changes).toEqual([]);
  const drift = await landscape.kaas('drift', 'dev', '-o', 'json', '--exit-code');
  expect([drift.code, JSON.parse(drift.stdout).changes]).toEqual([0, []]);
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { config: { 'retention.ms': '9d' } }));
  expect((await landscape.apply()).changes).toMatchObject([{ fields: [{ path: 'config.retention.ms' }] }]);
  expect(await kafkaTool('configs', '--describe', ...entity)).toContain('local.retention.ms=1000');
});
