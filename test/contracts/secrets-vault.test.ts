import { describe, expect, test } from 'vitest';
import { openVault, type VaultConnection } from '#targets/rest/secrets/vault.ts';
import { vaultServer } from '../servers/vault.ts';
import { secret, secretsContract } from './secrets.contract.ts';
import { anyTrouble, codeOf, expectNoAbsence, expectNoEcho } from './trouble.ts';

const rootToken = 'hvs.root';
const connection = (url: string, more: Partial<VaultConnection> = {}): VaultConnection => ({
  label: 'secret store team-vault',
  url,
  mount: 'secret',
  path: 'kaas/dev',
  field: 'password',
  login: { method: 'token', token: secret(rootToken) },
  requestTimeoutMs: 400,
  ...more,
});
const everything = ['create', 'read', 'update', 'delete', 'list'];

describe('in Vault', () => {
  secretsContract(async () => {
    const { url } = await vaultServer({ rootToken });
    return { first: openVault(connection(url)), another: openVault(connection(url)) };
  });

  test('a change by somebody else since we read is not overwritten; the next try starts from it', async () => {
    const { url } = await vaultServer({ rootToken });
    const [ours, theirs] = [openVault(connection(url)), openVault(connection(url))];
    await ours.put('k', secret('1'));
    expect((await ours.get('k'))?.reveal()).toBe('1');
    await theirs.put('k', secret('2'));
    expect(await codeOf(ours.put('k', secret('3')))).toBe('secrets/conflict');
    expect((await theirs.get('k'))?.reveal()).toBe('2');
    await ours.put('k', secret('3'));
    expect((await theirs.get('k'))?.reveal()).toBe('3');
  });

  test('a deletion is soft: the versions before it can be brought back', async () => {
    const server = await vaultServer({ rootToken });
    const store = openVault(connection(server.url));
    await store.put('k', secret('1'));
    await store.deleteAll(['k']);
    expect(await store.get('k')).toBeUndefined();
    expect(server.secrets.get('kaas/dev/k')).toEqual([{ data: { password: '1' }, deleted: true }]);
  });

  test('no answer is absence but the one that says so', async () => {
    const server = await vaultServer({ rootToken });
    const store = openVault(connection(server.url));
    await store.put('k', secret('1'));
    await expectNoAbsence(server, store, [
      ...anyTrouble,
      ['secrets/half-an-answer', 404, '{"errors":["no handler for route"]}'],
      ['secrets/half-an-answer', 200, '{"data":{}}'],
      ['secrets/not-authorized', 403, '{"errors":["permission denied"]}'],
      ['secrets/throttled', 429, '{"errors":["rate limit quota exceeded"]}'],
    ]);
    expect([...server.secrets.keys()]).toEqual(['kaas/dev/k']);
  });

  test('a write whose answer was lost has an unknown outcome, and the next read shows the truth', async () => {
    const server = await vaultServer({ rootToken });
    const store = openVault(connection(server.url));
    await store.get('k');
    server.instead = asked => asked.method === 'POST';
    expect(await codeOf(store.put('k', secret('1')))).toBe('secrets/outcome-unknown');
    server.instead = undefined;
    expect(await store.get('k')).toBeUndefined();
  });

  test('a sealed Vault, another mount, KV version 1 and a wrong token are told apart', async () => {
    const server = await vaultServer({ rootToken });
    server.sealed = true;
    expect(await codeOf(openVault(connection(server.url)).get('k'))).toBe('secrets/server-error');
    server.sealed = false;
    expect(await codeOf(openVault(connection(server.url, { mount: 'other' })).get('k'))).toBe('secrets/not-authorized');
    const wrong = connection(server.url, { login: { method: 'token', token: secret('hvs.wrong') } });
    expect(await codeOf(openVault(wrong).get('k'))).toBe('secrets/not-authorized');
    const old = await vaultServer({ rootToken, version: '1' });
    expect(await codeOf(openVault(connection(old.url)).get('k'))).toBe('secrets/not-kv2');
  });

  test('AppRole and Kubernetes log in, below their namespace, and again when the token has ended', async () => {
    const server = await vaultServer({ rootToken, namespace: 'team' });
    const policies = [{ below: 'secret/', capabilities: everything }];
    server.logins.set('approle', body => (body.role_id === 'r' && body.secret_id === 's' ? policies : undefined));
    server.logins.set('cluster-a', body => (body.role === 'kaas' && body.jwt === 'j' ? policies : undefined));
    const appRole = connection(server.url, {
      namespace: 'team',
      login: { method: 'appRole', mount: 'approle', roleId: 'r', secretId: secret('s') },
    });
    const store = openVault(appRole);
    await store.put('k', secret('1'));
    server.tokens.clear();
    expect((await store.get('k'))?.reveal()).toBe('1');
    expect(server.asked.filter(each => each.path.endsWith('/login'))).toHaveLength(2);
    const login = { method: 'kubernetes', mount: 'cluster-a', role: 'kaas', jwt: secret('j') } as const;
    expect((await openVault({ ...appRole, login }).get('k'))?.reveal()).toBe('1');
    const refused = openVault({ ...appRole, login: { ...login, jwt: secret('wrong') } });
    expect(await codeOf(refused.get('k'))).toBe('secrets/not-authenticated');
  });

  test('a field that is not there is a fault that names those that are', async () => {
    const server = await vaultServer({ rootToken });
    await openVault(connection(server.url)).put('k', secret('1'));
    await expect(openVault(connection(server.url, { field: 'token' })).get('k')).rejects.toMatchObject({
      code: 'secrets/no-field',
      remedy: expect.stringContaining('password'),
    });
  });

  test('rights that are missing are named before anything is written', async () => {
    const server = await vaultServer({ rootToken });
    server.tokens.set('hvs.reader', [{ below: 'secret/data/kaas/', capabilities: ['read'] }]);
    const reader = openVault(connection(server.url, { login: { method: 'token', token: secret('hvs.reader') } }));
    expect(await reader.get('k')).toBeUndefined();
    await expect(reader.examine()).rejects.toMatchObject({
      code: 'secrets/not-authorized',
      message: expect.stringContaining('create, update, delete'),
      remedy: expect.stringContaining('path "secret/data/kaas/dev/*"'),
    });
    expect(await codeOf(reader.put('k', secret('1')))).toBe('secrets/not-authorized');
    expect(server.secrets.size).toBe(0);
  });

  test('a server that repeats what it was sent puts nothing of it into a fault', async () => {
    const server = await vaultServer({ rootToken });
    const store = openVault(connection(server.url));
    await store.put('k', secret('1'));
    await expectNoEcho(server, store, [rootToken]);
  });
});
