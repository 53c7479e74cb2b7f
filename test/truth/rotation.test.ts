import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { consumeAs, kafkaTool, type Login, produceAs, userByHand } from '../kafka-tools.ts';
import { manifest, type TestLandscape, testLandscape } from '../landscape.ts';
import { loginOf } from '../login-of.ts';

const documents = (credentials: object): string =>
  manifest('Topic', 'shop.orders', {}) +
  manifest('ServiceAccount', 'shop.checkout', { credentials }) +
  manifest('Access', 'checkout-writes', { serviceAccount: 'shop.checkout', as: 'producer', topics: ['shop.orders'] });

const isLetIn = async (login: Login, topic: string, lines: readonly string[]): Promise<boolean> => {
  const { stdout, stderr } = await produceAs(login, topic, lines);
  return !/Authentication failed/.test(stdout + stderr);
};

const mechanismsOf = async (landscape: TestLandscape): Promise<string> =>
  await kafkaTool('configs', '--describe', '--entity-type', 'users', '--entity-name', `${landscape.prefix}shop.checkout`);

test('a rotated account has a new password beside the old one, plans stay empty, and after the overlap the old one lets nobody in', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/all.yaml', documents({ overlap: '1h', usedBy: ['deployment checkout'] }));
  expect((await landscape.apply()).problems).toEqual([]);
  const topic = `${landscape.prefix}shop.orders`;
  const old = await loginOf(landscape, 'shop.checkout');
  expect((await produceAs(old, topic, ['before'])).code).toBe(0);

  const rotated = await landscape.kaas('rotate', 'dev', 'shop.checkout', '--yes', '-o', 'json');
  expect(rotated).toMatchObject({ code: 0 });
  expect(JSON.parse(rotated.stdout).changes).toMatchObject([
    {
      action: 'update',
      outcome: { state: 'applied' },
      evidence: { restart: [] },
      reasons: [
        { code: 'service-account/other-mechanism', message: expect.stringContaining('Must restart: deployment checkout.') },
      ],
    },
  ]);
  const now = await loginOf(landscape, 'shop.checkout');
  expect(now.properties).toContain('SCRAM-SHA-256');
  expect(old.properties).toContain('SCRAM-SHA-512');
  expect(await isLetIn(old, topic, ['old'])).toBe(true);
  expect(await isLetIn(now, topic, ['new'])).toBe(true);

  expect((await landscape.plan()).changes).toEqual([]);
  expect(JSON.parse((await landscape.kaas('drift', 'dev', '-o', 'json')).stdout).changes).toEqual([]);
  const settings = await landscape.kaas('connection', 'dev', 'shop.checkout');
  expect(settings.stdout).toMatch(/# Valid since a rotation; the settings before it \(SCRAM-SHA-512\) work until 20\d\d-/);

  const again = await landscape.kaas('rotate', 'dev', 'shop.checkout', '--yes');
  expect(again.code).toBe(1);
  expect(again.stdout).toContain('service-account/both-mechanisms-in-use');

  landscape.write('tenants/shop/all.yaml', documents({ overlap: '1s' }));
  const revoked = await landscape.apply();
  expect(revoked.changes).toMatchObject([
    {
      risk: 'disruptive',
      fields: [{ path: 'mechanism.SCRAM-SHA-512', from: true, to: null }],
      reasons: [{ code: 'service-account/old-password-revoked' }],
    },
  ]);
  expect(await mechanismsOf(landscape)).not.toContain('SCRAM-SHA-512');
  expect(await isLetIn(old, topic, ['too late'])).toBe(false);
  expect(await isLetIn(now, topic, ['still'])).toBe(true);
  expect((await landscape.plan()).changes).toEqual([]);
  const read = await consumeAs(
    { user: process.env.KAAS_TEST_ADMIN_USER as string, password: process.env.KAAS_TEST_ADMIN_PASSWORD as string },
    topic,
    { group: `${landscape.prefix}check`, count: 4 },
  );
  expect(read.stdout.trim().split('\n').toSorted()).toEqual(['before', 'new', 'old', 'still']);
}, 300_000);

test('a password that has grown old is rotated by the plan, back and forth between the mechanisms', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/all.yaml', documents({ overlap: '1s' }));
  await landscape.apply();
  await sleep(2_000);
  landscape.write('tenants/shop/all.yaml', documents({ rotateEvery: '2s', overlap: '1s' }));
  const due = await landscape.plan();
  expect(due.changes.map(change => change.fields.map(({ path, to }) => `${path} ${to}`).toSorted())).toEqual([
    [
      'credential.declared SCRAM-SHA-512',
      'credential.issued when applied',
      'credential.mechanism SCRAM-SHA-256',
      'mechanism.SCRAM-SHA-256 true',
    ],
  ]);
  expect((await landscape.plan()).digest).toBe(due.digest);
  await landscape.apply();
  expect((await loginOf(landscape, 'shop.checkout')).properties).toContain('SCRAM-SHA-256');
  await sleep(2_000);
  const [{ fields } = { fields: [] }] = (await landscape.apply()).changes;
  expect(fields).toMatchObject([{ path: 'mechanism.SCRAM-SHA-512', to: null }]);
  expect(await mechanismsOf(landscape)).not.toContain('SCRAM-SHA-512');
  expect((await landscape.apply()).changes).toMatchObject([{ outcome: { state: 'applied' } }]);
  const now = await loginOf(landscape, 'shop.checkout');
  expect(now.properties).toContain('SCRAM-SHA-512');
  expect(await isLetIn(now, `${landscape.prefix}shop.orders`, ['x'])).toBe(true);
}, 300_000);

test('the password of a user that was there before is replaced by a person alone, and the old one goes on during the overlap', async () => {
  const landscape = testLandscape();
  const user = `${landscape.prefix}shop.checkout`;
  await userByHand(user, 'theirs');
  landscape.write('tenants/shop/all.yaml', documents({ rotateEvery: '2s', overlap: '1s' }));
  await landscape.apply();
  await sleep(2_000);
  expect((await landscape.plan()).changes).toEqual([]);
  expect((await landscape.kaas('rotate', 'dev', 'shop.checkout', '--yes')).code).toBe(0);
  const topic = `${landscape.prefix}shop.orders`;
  expect(await isLetIn({ user, password: 'theirs' }, topic, ['x'])).toBe(true);
  expect(await isLetIn(await loginOf(landscape, 'shop.checkout'), topic, ['x'])).toBe(true);
}, 300_000);
