import { beforeEach, describe, expect, test } from 'vitest';
import { kafkaToolAs } from '../kafka-tools.ts';
import { manifest, type TestLandscape } from '../landscape.ts';
import { loginOf } from '../login-of.ts';
import type { VaultServer } from '../servers/vault.ts';
import { account, sealedTo, vaultLandscape } from '../vault-landscape.ts';

const logsIn = async (user: string, password: string) => (await kafkaToolAs({ user, password }, 'topics', '--list')).code === 0;

let server: VaultServer;
let landscape: TestLandscape;
let rootToken: string;
let path: string;
beforeEach(async () => {
  ({ server, landscape, rootToken } = await vaultLandscape());
  path = `kaas/shop/dev/main/${landscape.prefix}shop.checkout`;
});

describe('passwords in a store beyond this machine', { timeout: 180_000 }, () => {
  test('one that was generated stands there with what a client needs, opens Kafka, and goes with its account', async () => {
    landscape.write('tenants/shop/accounts.yaml', account('shop.checkout'));
    expect(await landscape.kaas('apply', 'dev', '--yes')).toMatchObject({ code: 0 });
    const user = `${landscape.prefix}shop.checkout`;
    const kept = server.secrets.get(path)?.at(-1)?.data as Record<string, string>;
    expect(kept).toMatchObject({
      type: 'kafka',
      provider: 'kaas',
      username: user,
      'bootstrap-servers': expect.stringMatching(/^127\.0\.0\.1:\d+/),
      'sasl-mechanism': 'SCRAM-SHA-512',
    });
    expect(await logsIn(user, kept.password as string)).toBe(true);
    const again = await landscape.kaas('apply', 'dev', '--yes');
    expect([again.code, again.requests.writes]).toEqual([0, 0]);
    const { stdout } = await landscape.kaas('connection', 'dev', 'shop.checkout');
    expect(stdout).toContain(`kept in the store team-vault under shop/dev/main/${user} (secret/${path}, field password)`);
    landscape.remove('tenants/shop/accounts.yaml');
    expect(await landscape.kaas('apply', 'dev', '--yes')).toMatchObject({ code: 0 });
    expect(server.secrets.get(path)?.at(-1)?.deleted).toBe(true);
  });

  test('a rotated one stands there with all that a client needs to use it, the next one beside it no longer', async () => {
    landscape.write('tenants/shop/accounts.yaml', account('shop.checkout'));
    expect(await landscape.kaas('apply', 'dev', '--yes')).toMatchObject({ code: 0 });
    const user = `${landscape.prefix}shop.checkout`;
    const kept = () => server.secrets.get(path)?.at(-1)?.data as Record<string, string>;
    const before = kept();
    server.instead = (_asked, response) => response.writeHead(403).end('{"errors":["no"]}') !== undefined;
    const closed = await landscape.kaas('rotate', 'dev', 'shop.checkout', '--yes');
    expect([closed.code, closed.stdout]).toEqual([1, expect.stringContaining('our login has no right below it')]);
    server.instead = undefined;
    expect(await landscape.kaas('rotate', 'dev', 'shop.checkout', '--yes')).toMatchObject({ code: 0 });
    expect(kept()).toEqual({ ...before, 'sasl-mechanism': 'SCRAM-SHA-256', password: expect.any(String) });
    expect(kept().password).not.toBe(before.password);
    expect(await logsIn(user, before.password as string)).toBe(true);
    const { properties } = await loginOf(landscape, 'shop.checkout');
    expect(properties).toContain('SCRAM-SHA-256');
    expect((await kafkaToolAs({ properties }, 'topics', '--list')).code).toBe(0);
    expect(server.secrets.get(`${path}.next`)?.at(-1)?.deleted).toBe(true);
    const again = await landscape.kaas('apply', 'dev', '--yes');
    expect([again.code, again.requests.writes]).toEqual([0, 0]);
  });

  test.each([
    ['and no longer under its old one', false],
    ['beside its old one', true],
  ])('a store that is declared under another name %s keeps what stands in it', async (_how, both) => {
    landscape.write('tenants/shop/accounts.yaml', account('shop.checkout'));
    const recipient = (await landscape.kaas('secret', 'rotate-key')).stdout.match(/age1\w+/)?.[0] as string;
    const sealed = await sealedTo(recipient, 'open sesame');
    const word = (store: string) => manifest('Secret', 'word', { store, sealed });
    landscape.write('tenants/shop/word.yaml', word('team-vault'));
    expect((await landscape.apply()).code).toBe(0);
    const kept = () => [path, 'kaas/shop/word'].map(each => server.secrets.get(each)?.at(-1));
    const before = kept().map(each => each?.data.password);
    const spec = { type: 'vault', url: `${server.url}/`, path: 'kaas', token: { env: 'TEST_VAULT_TOKEN' } };
    landscape.write(both ? 'platform/twin.yaml' : 'platform/vault.yaml', manifest('SecretStore', 'renamed', spec));
    landscape.write('tenants/shop/accounts.yaml', account('shop.checkout', { store: 'renamed' }));
    landscape.write('tenants/shop/word.yaml', word('renamed'));
    expect((await landscape.apply()).code).toBe(0);
    expect(kept()).toMatchObject(before.map(password => ({ deleted: false, data: { password } })));
    expect(await logsIn(`${landscape.prefix}shop.checkout`, before[0] as string)).toBe(true);
  });

  test('a store that is gone, and with it a password: the plan says that the account cannot move', async () => {
    landscape.write('tenants/shop/accounts.yaml', account('shop.checkout'));
    expect((await landscape.apply()).code).toBe(0);
    landscape.remove('platform/vault.yaml');
    landscape.write('tenants/shop/accounts.yaml', account('shop.checkout', { store: 'local' }));
    expect((await landscape.plan()).problems).toMatchObject([
      { code: 'plan/impossible', message: expect.stringContaining('Its password is not known to us') },
    ]);
    expect(server.secrets.get(path)?.at(-1)?.deleted).toBe(false);
  });

  test('one that opens a cluster is read from there', async () => {
    const connection = {
      bootstrapServers: (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(','),
      protocol: 'SASL_PLAINTEXT',
      mechanism: 'SCRAM-SHA-512',
      username: process.env.KAAS_TEST_ADMIN_USER,
      password: { store: 'team-vault', key: 'kafka/admin' },
    };
    landscape.write('platform/clusters/main.yaml', manifest('KafkaCluster', 'main', { connection }));
    expect((await landscape.plan()).problems).toMatchObject([{ message: expect.stringContaining('has no key `kafka/admin`') }]);
    const data = { password: process.env.KAAS_TEST_ADMIN_PASSWORD as string };
    server.secrets.set('kaas/kafka/admin', [{ data, deleted: false }]);
    expect((await landscape.plan()).problems).toEqual([]);
    server.sealed = true;
    expect((await landscape.plan()).problems).toMatchObject([
      { code: 'plan/unreachable', message: expect.stringContaining('secrets/server-error') },
    ]);
  });
});

test('doctor says of each store whether it answers, and what our login may not do there', { timeout: 180_000 }, async () => {
  const findings = async () => {
    const { code, stdout } = await landscape.kaas('doctor', 'dev', '-o', 'json');
    const all = (JSON.parse(stdout) as { findings: { what: string; good: boolean; says: string; remedy?: string }[] }).findings;
    return { code, stores: all.filter(each => each.what.startsWith('secret store')) };
  };
  expect(await findings()).toMatchObject({
    code: 0,
    stores: [
      { what: 'secret store local', good: true },
      { what: 'secret store team-vault', good: true, says: expect.stringContaining('KV v2 at secret/kaas') },
    ],
  });
  server.tokens.set(rootToken, [{ below: 'secret/', capabilities: ['read'] }]);
  expect(await findings()).toMatchObject({
    code: 1,
    stores: [
      { good: true },
      { good: false, says: expect.stringContaining('create, update, delete'), remedy: expect.any(String) },
    ],
  });
});

describe("a tenant's own store", { timeout: 180_000 }, () => {
  beforeEach(() => {
    landscape.write('platform/tenants/fraud.yaml', manifest('Tenant', 'fraud', {}));
    server.secrets.set('kaas/fraud/token', [{ data: { password: rootToken }, deleted: false }]);
    const token = { store: 'team-vault', key: 'fraud/token' };
    const own = { type: 'vault', url: server.url, path: 'of-fraud', token };
    landscape.write('tenants/fraud/store.yaml', manifest('SecretStore', 'ours', own));
  });

  test('takes its passwords', async () => {
    landscape.write('tenants/fraud/accounts.yaml', account('fraud.scoring', { store: 'ours', key: 'scoring' }));
    const applied = await landscape.apply();
    expect([applied.code, applied.changes[0]?.fields.find(each => each.path === 'credential')?.to]).toEqual([
      0,
      'fraud:ours/scoring',
    ]);
    expect(server.secrets.has('of-fraud/scoring')).toBe(true);
  });

  test("takes another tenant's passwords by its Grant alone, below that tenant's name", async () => {
    landscape.write('tenants/shop/accounts.yaml', account('shop.checkout', { store: 'fraud/ours' }));
    const refused = await landscape.apply();
    expect([refused.code, refused.problems.map(each => [each.code, each.at?.file])]).toEqual([
      1,
      [['service-account/store-not-granted', 'tenants/shop/accounts.yaml']],
    ]);
    expect([...server.secrets.keys()]).toEqual(['kaas/fraud/token']);
    landscape.write('tenants/fraud/grant.yaml', manifest('Grant', 'shop-delivers', { to: 'shop', stores: ['ours'] }));
    expect((await landscape.apply()).code).toBe(0);
    expect(server.secrets.has(`of-fraud/shop/dev/main/${landscape.prefix}shop.checkout`)).toBe(true);
  });
});
