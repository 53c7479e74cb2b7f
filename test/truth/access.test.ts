import { expect, test } from 'vitest';
import { kafkaTool } from '../kafka-tools.ts';
import { manifest, testLandscape } from '../landscape.ts';

const orders = manifest('Topic', 'shop.orders', {}) + manifest('ServiceAccount', 'shop.checkout', {});

test("an account, its rights and its quota arrive as declared, confirmed by Kafka's own tools; a second apply writes nothing", async () => {
  const landscape = testLandscape();
  landscape.write(
    'tenants/shop/all.yaml',
    orders +
      manifest('Access', 'checkout-writes', { serviceAccount: 'shop.checkout', as: 'producer', topics: ['shop.orders'] }) +
      manifest('Quota', 'checkout', { entity: { serviceAccount: 'shop.checkout' }, limits: { producer_byte_rate: '1MiB' } }),
  );
  const applied = await landscape.apply();
  expect(applied.problems).toEqual([]);
  expect(new Set(applied.changes.map(change => change.outcome?.state))).toEqual(new Set(['applied']));
  const user = `${landscape.prefix}shop.checkout`;
  expect(await kafkaTool('acls', '--list', '--principal', `User:${user}`)).toMatch(/operation=WRITE, permissionType=ALLOW/);
  expect(await kafkaTool('configs', '--describe', '--entity-type', 'users', '--entity-name', user)).toMatch(
    /producer_byte_rate=1048576(\.0)?/,
  );
  expect(await kafkaTool('configs', '--describe', '--entity-type', 'users', '--entity-name', user)).toMatch(/SCRAM-SHA-512/);
  const again = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect(JSON.parse(again.stdout).changes).toEqual([]);
  expect(again.requests.writes).toBe(0);
});

test('removing an account removes its user and rights and never re-creates it', async () => {
  const landscape = testLandscape();
  const access = manifest('Access', 'checkout-writes', {
    serviceAccount: 'shop.checkout',
    as: 'producer',
    topics: ['shop.orders'],
  });
  landscape.write('tenants/shop/all.yaml', orders + access);
  await landscape.apply();
  landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.orders', {}));
  const removed = await landscape.apply();
  expect(removed.changes.every(change => change.action === 'delete' && change.outcome?.state === 'applied')).toBe(true);
  const user = `${landscape.prefix}shop.checkout`;
  expect(await kafkaTool('acls', '--list', '--principal', `User:${user}`)).not.toContain('WRITE');
  expect((await landscape.plan()).changes).toEqual([]);
});

test("access to another tenant's topic waits for the owner's consent and blocks only itself", async () => {
  const landscape = testLandscape();
  landscape.write('platform/tenants/fraud.yaml', manifest('Tenant', 'fraud', { owners: [] }));
  landscape.write('tenants/shop/all.yaml', orders);
  landscape.write(
    'tenants/fraud/access.yaml',
    manifest('ServiceAccount', 'fraud.scoring', {}) +
      manifest('Access', 'scoring-reads', {
        serviceAccount: 'fraud.scoring',
        as: 'consumer',
        topics: ['shop.orders'],
        group: 'fraud.scoring',
        reason: 'scoring',
      }),
  );
  const waiting = await landscape.apply();
  expect(waiting.code).toBe(0);
  expect(waiting.changes.filter(change => change.kind === 'Access')).toMatchObject([
    { state: 'blocked', blockedBy: [{ code: 'access/waiting-for-consent', who: 'tenant shop' }] },
  ]);
  expect(waiting.changes.filter(change => change.kind === 'Acl')).toEqual([]);
  landscape.write(
    'tenants/shop/grant.yaml',
    manifest('Grant', 'fraud-reads', { to: 'fraud', as: 'consumer', topics: ['shop.orders'] }),
  );
  const consented = await landscape.apply();
  expect(consented.changes.every(change => change.kind === 'Acl' && change.outcome?.state === 'applied')).toBe(true);
  expect(await kafkaTool('acls', '--list', '--principal', `User:${landscape.prefix}fraud.scoring`)).toMatch(/READ/);
});

test('a transactional-id right exists after apply, and a prefixed one is prefixed', async () => {
  const landscape = testLandscape();
  landscape.write(
    'tenants/shop/all.yaml',
    orders +
      manifest('Access', 'checkout-transacts', {
        serviceAccount: 'shop.checkout',
        as: 'transactional-producer',
        topics: ['shop.*'],
        transactionalId: 'shop.checkout',
      }),
  );
  expect((await landscape.apply()).problems).toEqual([]);
  const listed = await kafkaTool('acls', '--list', '--principal', `User:${landscape.prefix}shop.checkout`);
  expect(listed).toMatch(/resourceType=TRANSACTIONAL_ID, name=t[0-9a-f]+\.shop\.checkout, patternType=LITERAL/);
  expect(listed).toMatch(/resourceType=TOPIC, name=t[0-9a-f]+\.shop\., patternType=PREFIXED/);
});

test('a missing reference is a problem with its place', async () => {
  const landscape = testLandscape();
  landscape.write(
    'tenants/shop/all.yaml',
    manifest('Access', 'x', { serviceAccount: 'shop.nobody', as: 'producer', topics: ['shop.orders'] }),
  );
  const run = await landscape.kaas('validate', '-o', 'json');
  expect(run.code).toBe(1);
  expect(JSON.parse(run.stdout).problems.map((problem: { code: string }) => problem.code)).toContain(
    'validate/missing-reference',
  );
});
