import { describe, expect, test } from 'vitest';
import { type AzureConnection, type AzureLogin, openAzure } from '#targets/rest/secrets/azure.ts';
import { azureServer } from '../servers/azure.ts';
import { sampleUse, secret, secretsContract } from './secrets.contract.ts';
import { anyTrouble, codeOf, expectNoAbsence, expectNoEcho } from './trouble.ts';

const application = {
  tenantId: 'directory-1',
  clientId: 'kaas',
  clientSecret: 'azure-secret',
  federatedToken: 'azure-assertion',
};
const login = (url: string, proof: Extract<AzureLogin, { method: 'application' }>['secret']): AzureLogin => ({
  method: 'application',
  loginUrl: url,
  tenantId: application.tenantId,
  clientId: application.clientId,
  secret: proof,
});
const open = (url: string, more: Partial<AzureConnection> = {}) =>
  openAzure({
    label: 'secret store team-azure',
    vaultUrl: url,
    audience: 'https://vault.azure.net',
    login: login(url, { clientSecret: secret(application.clientSecret) }),
    requestTimeoutMs: 400,
    ...more,
  });

describe('in Azure Key Vault', () => {
  secretsContract(async () => {
    const { url } = await azureServer(application);
    return { first: open(url), another: open(url) };
  });

  test('a password is a secret with tags, older ones are its versions, and a deletion is soft', async () => {
    const server = await azureServer(application);
    const store = open(server.url);
    const uses = new Map([['Shop/a.b', sampleUse]]);
    await store.putAll(new Map([['Shop/a.b', secret('1')]]), uses);
    await store.putAll(new Map([['Shop/a.b', secret('2')]]), uses);
    await store.deleteAll(['Shop/a.b']);
    const kept = server.secrets.get('-53hop-2fa-2eb');
    expect(kept?.versions.map(each => each.value)).toEqual(['1', '2']);
    expect(kept).toMatchObject({
      deleted: true,
      versions: [{ tags: { 'managed-by': 'kaas', key: 'Shop/a.b', rotated: '2026-03-31' } }, {}],
    });
  });

  test('an application logs in with a secret or a federated token, a machine with its identity, and again when a token has ended', async () => {
    const server = await azureServer(application);
    const { url } = server;
    for (const each of [
      login(url, { clientSecret: secret('azure-secret') }),
      login(url, { federatedToken: secret('azure-assertion') }),
      { method: 'managedIdentity', identityUrl: url } as const,
    ]) {
      const store = open(url, { login: each });
      await store.put('k', secret('1'));
      server.tokens.clear();
      expect((await store.get('k'))?.reveal()).toBe('1');
    }
    expect(await codeOf(open(url, { login: login(url, { clientSecret: secret('wrong') }) }).get('k'))).toBe(
      'secrets/not-authenticated',
    );
  });

  test('no answer is absence but the one that says so', async () => {
    const server = await azureServer(application);
    const store = open(server.url);
    await store.put('k', secret('1'));
    const relogged = anyTrouble.filter(([code]) => code !== 'secrets/not-authenticated');
    await expectNoAbsence(server, store, [
      ...relogged,
      ['secrets/half-an-answer', 404, '{"error":{"code":"NotFound"}}'],
      ['secrets/not-authorized', 403, '{"error":{"code":"Forbidden","innererror":{"code":"ForbiddenByRbac"}}}'],
      ['secrets/throttled', 429, '{"error":{"code":"Throttled"}}'],
    ]);
    expect([...server.secrets.keys()]).toEqual(['k']);
    await expectNoEcho(server, store, [application.clientSecret, ...server.tokens]);
  });

  test('a name that is too long is refused before it is asked', async () => {
    const server = await azureServer(application);
    expect(await codeOf(open(server.url).get('x'.repeat(128)))).toBe('secrets/bad-name');
    expect(server.asked).toEqual([]);
  });
});
