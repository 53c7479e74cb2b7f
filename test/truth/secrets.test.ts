import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { openLocalSecrets } from '#targets/secrets/open-local-secrets.ts';
import { manifest, type TestLandscape, testLandscape } from '../landscape.ts';

/** A landscape with a sealing key of its own, and what a person with `age` would do. */
async function sealable() {
  const landscape = testLandscape();
  const identity = await generateIdentity();
  mkdirSync(join(landscape.directory, '.kaas'), { mode: 0o700 });
  landscape.write('.kaas/age-identity.txt', `${identity}\n`);
  const recipient = await identityToRecipient(identity);
  const store = openLocalSecrets({ directory: join(landscape.directory, '.kaas') });
  return { landscape, recipient, store, seal: (text: string) => sealedTo(recipient, text) };
}

async function sealedTo(recipient: string, text: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}

const write = (landscape: TestLandscape, spec: object, name = 'db') =>
  landscape.write('tenants/shop/secret.yaml', manifest('Secret', name, spec));

test('a value sealed with age reaches its store, is none of the plan, changes when it changes and goes with its document', {
  timeout: 120_000,
}, async () => {
  const { landscape, store, seal } = await sealable();
  write(landscape, { sealed: await seal('first-value-of-it') });
  const first = await landscape.apply();
  expect(first.changes.map(each => [each.kind, each.action, each.remoteName, each.outcome?.state])).toEqual([
    ['Secret', 'create', 'local/shop/db', 'applied'],
  ]);
  expect((await store.get('shop/db'))?.reveal()).toBe('first-value-of-it');
  expect(JSON.stringify(first)).not.toContain('first-value');
  expect(first.changes[0]?.fields.find(each => each.path === 'value')?.to).toMatch(/^hmac-sha256:[0-9a-f]{32}$/);

  expect((await landscape.plan()).changes).toEqual([]);
  write(landscape, { sealed: await seal('first-value-of-it') });
  expect((await landscape.plan()).changes).toEqual([]);

  write(landscape, { sealed: await seal('second-value-of-it') });
  expect((await landscape.plan()).changes.map(each => [each.action, each.risk])).toEqual([['update', 'safe']]);
  expect((await landscape.apply()).code).toBe(0);
  expect((await store.get('shop/db'))?.reveal()).toBe('second-value-of-it');

  await store.put('shop/other', (await store.get('shop/db')) as never);
  landscape.remove('tenants/shop/secret.yaml');
  expect((await landscape.apply()).changes.map(each => [each.action, each.outcome?.state])).toEqual([['delete', 'applied']]);
  expect(await store.keys()).toEqual(['shop/other']);
});

test('what is sealed to somebody else is impossible, and a machine without any key plans the rest', {
  timeout: 120_000,
}, async () => {
  const { landscape, seal } = await sealable();
  const stranger = await identityToRecipient(await generateIdentity());
  landscape.write('tenants/shop/topic.yaml', manifest('Topic', 'shop.t', {}));
  write(landscape, { sealed: await sealedTo(stranger, 'never-ours') });
  const plan = await landscape.plan();
  expect(plan.changes.map(each => [each.kind, each.state, each.reasons[0]?.code])).toEqual([
    ['Secret', 'impossible', 'sealing/foreign-key'],
    ['Topic', 'ready', undefined],
  ]);
  expect(plan.problems.map(each => [each.code, each.at?.file, each.at?.line])).toEqual([
    ['plan/impossible', 'tenants/shop/secret.yaml', 2],
  ]);
  write(landscape, { sealed: await seal('ours') });
  landscape.remove('.kaas/age-identity.txt');
  const blind = await landscape.plan();
  expect(blind.changes.map(each => [each.kind, each.state])).toEqual([['Topic', 'ready']]);
  expect(blind.problems.map(each => [each.code, each.hint])).toEqual([
    ['plan/unreachable', expect.stringContaining('KAAS_AGE_KEY_FILE')],
  ]);
});

test('a SOPS file and a SealedSecret beside their documents are opened, entry by entry, and what goes out of them goes from the store', {
  timeout: 180_000,
}, async () => {
  const { landscape, store } = await sealable();
  const vector = (name: string) => readFileSync(join(import.meta.dirname, '../sealed', name), 'utf8');
  landscape.write('.kaas/age-identity.txt', vector('identity.txt'));
  landscape.write('.kaas/sealed-secrets.pem', vector('controller.pem'));
  landscape.write('tenants/shop/db.sops.yaml', vector('partial.sops.yaml'));
  landscape.write('tenants/shop/k8s/db.sealed.yaml', vector('strict.sealed.yaml'));
  landscape.write(
    'tenants/shop/secrets.yaml',
    manifest('Secret', 'one', { file: 'db.sops.yaml', entry: 'password' }) +
      manifest('Secret', 'all', { file: 'k8s/db.sealed.yaml', key: 'shop/deep/key' }),
  );
  expect((await landscape.kaas('validate')).stdout).toContain('No problems');
  expect((await landscape.apply()).code).toBe(0);
  const kept = async () =>
    Object.fromEntries(await Promise.all((await store.keys()).map(async key => [key, (await store.get(key))?.reveal()])));
  expect(await kept()).toEqual({
    'shop/one': 'opened-by-sops',
    'shop/deep/key/username': 'orders',
    'shop/deep/key/password': 'opened-by-kubeseal',
  });
  expect((await landscape.plan()).changes).toEqual([]);
  landscape.write(
    'tenants/shop/secrets.yaml',
    manifest('Secret', 'one', { file: 'db.sops.yaml', entry: 'password' }) +
      manifest('Secret', 'all', { file: 'k8s/db.sealed.yaml', key: 'shop/deep/key', entry: 'password' }),
  );
  expect(
    (await landscape.apply()).changes.map(each => each.fields.map(field => [field.path, field.to === null]).toSorted()),
  ).toEqual([
    [
      ['value', false],
      ['value.password', true],
      ['value.username', true],
    ],
  ]);
  expect(await kept()).toEqual({ 'shop/one': 'opened-by-sops', 'shop/deep/key': 'opened-by-kubeseal' });
  landscape.write('tenants/shop/db.sops.yaml', vector('partial.sops.yaml').replace('orders', 'somebody-else'));
  expect((await landscape.plan()).changes.map(each => [each.name, each.state, each.reasons[0]?.code])).toEqual([
    ['one', 'impossible', 'sealing/broken'],
  ]);
});
