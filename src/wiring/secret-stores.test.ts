import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SecretStoreSpec } from '#model/secret-store.ts';
import { secret } from '#test/contracts/secrets.contract.ts';
import { kubernetesServer } from '#test/servers/kubernetes.ts';
import { vaultServer } from '#test/servers/vault.ts';
import { secretStores } from './secret-stores.ts';

async function stores(env: Record<string, string> = {}, offline = false) {
  const root = await mkdtemp(path.join(tmpdir(), 'kaas-wiring-'));
  const stack = new AsyncDisposableStack();
  onTestFinished(async () => {
    await stack.disposeAsync();
    await rm(root, { recursive: true });
  });
  return { root, open: secretStores({ root, env, stack, counted: [], offline }) };
}
const declared = (...specs: [string, SecretStoreSpec][]) => new Map(specs);
const vault = (url: string): SecretStoreSpec => ({ type: 'vault', url, token: { env: 'TOKEN' } });

test('a store that nobody declares is a fault that names those that are there', async () => {
  const { open } = await stores();
  const some = open(declared(['b', { type: 'local', file: 'b.age' }], ['shop/a', { type: 'local', file: 'a.age' }]));
  expect(() => some.named('c')).toThrow(
    expect.objectContaining({ code: 'secrets/no-store', remedy: expect.stringContaining('b, local, shop/a') }),
  );
});

test('names lead to the platform’s store first, to the only one of a tenant, or in full to any', async () => {
  const { open, root } = await stores();
  const local = (file: string): SecretStoreSpec => ({ type: 'local', file });
  const { named } = open(
    declared(['v', local('p')], ['shop/v', local('s')], ['shop/w', local('w')], ['fraud/x', local('x')], ['shop/x', local('y')]),
  );
  const placeOf = async (name: string) => path.relative(root, await named(name).place('k'));
  expect(await Promise.all(['v', 'platform/v', 'shop/v', 'w', 'local'].map(placeOf))).toEqual([
    'p',
    'p',
    's',
    'w',
    path.join('.kaas', 'secrets.age'),
  ]);
  expect(() => named('x')).toThrow(expect.objectContaining({ code: 'secrets/no-store' }));
});

test('a login is read when the store is first used, and read again after it was missing', async () => {
  const server = await vaultServer({ rootToken: 'hvs.x' });
  const env: Record<string, string> = {};
  const { open } = await stores(env);
  const { named, read } = open(declared(['v', vault(server.url)]));
  const store = named('v');
  expect(server.asked).toEqual([]);
  await expect(store.get('k')).rejects.toMatchObject({ code: 'secrets/missing', message: expect.stringContaining('TOKEN') });
  env.TOKEN = 'hvs.x';
  await store.put('k', secret('1'));
  expect((await read({ store: 'v', key: 'k' })).reveal()).toBe('1');
  expect(named('v')).toBe(store);
});

test("a tenant's store logs in with what the platform keeps for it", async () => {
  const server = await vaultServer({ rootToken: 'hvs.x' });
  const { open } = await stores();
  const { named } = open(declared(['shop/v', { type: 'vault', url: server.url, token: { store: 'local', key: 'shop/t' } }]));
  await named('local').put('shop/t', secret('hvs.x'));
  expect(await named('shop/v').get('k')).toBeUndefined();
});

test('in a pod the API server is found where Kubernetes says, and outside of one it is a fault to name none', async () => {
  const server = await kubernetesServer('n');
  server.tokens.set('t', ['get']);
  const spec: SecretStoreSpec = { type: 'kubernetes', namespace: 'n', token: { file: 'token' }, tls: {} };
  const outside = await stores();
  await expect(
    outside
      .open(declared(['k', spec]))
      .named('k')
      .get('a'),
  ).rejects.toMatchObject({ code: 'secrets/no-store' });
  const { hostname, port } = new URL(server.url);
  const inside = await stores({ KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port });
  await writeFile(path.join(inside.root, 'token'), 't\n');
  await expect(
    inside
      .open(declared(['k', spec]))
      .named('k')
      .get('a'),
  ).rejects.toMatchObject({ code: 'secrets/tls', message: expect.stringContaining(`https://${hostname}:${port}`) });
});

test('offline nothing is read and nothing is reached', async () => {
  const { open } = await stores({}, true);
  expect(
    await open(declared(['v', vault('https://nobody.example')]))
      .named('v')
      .get('k'),
  ).toBeUndefined();
});
