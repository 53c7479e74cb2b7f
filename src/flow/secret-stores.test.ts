import { describe, expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: main } }'),
  'platform/main.yaml': yaml('KafkaCluster', 'main', '{ connection: local }'),
  'platform/tenants/shop.yaml': yaml('Tenant', 'shop', '{}'),
  'platform/tenants/fraud.yaml': yaml('Tenant', 'fraud', '{}'),
};
const vault = (name: string, more = '', path = name) =>
  yaml('SecretStore', name, `{ type: vault, url: "https://vault:8200", path: ${path}, ${more}token: { env: VAULT } }`);
const own = (name: string, key = 'fraud/token') =>
  yaml('SecretStore', name, `{ type: vault, url: "https://fraud-vault:8200", token: { store: local, key: ${key} } }`);
const account = (deliverTo: string) => yaml('ServiceAccount', 'shop.a', `{ credentials: { deliverTo: ${deliverTo} } }`);
const value = (text: string) => yaml('Topic', 'shop.orders', `{ partitions: 1, description: "${text}" }`);
const grant = (spec: string) => yaml('Grant', 'g', spec);

const codesOf = async (files: Record<string, string>) =>
  (await checkTexts({ ...frame, ...files })).problems.map(each => `${each.code} ${each.at?.file}`);
const storesOf = async (files: Record<string, string>) =>
  [...((await checkTexts({ ...frame, ...files })).frame?.stores.get('dev')?.keys() ?? [])].toSorted();

describe('a store of the platform', () => {
  test('takes secrets of every tenant below its own name', async () => {
    const files = { 'platform/v.yaml': vault('v') };
    expect(await codesOf({ ...files, 'tenants/shop/a.yaml': account('{ store: v }') })).toEqual([]);
    expect(await codesOf({ ...files, 'tenants/shop/a.yaml': account('{ store: v, key: shop/a }') })).toEqual([]);
    expect(await codesOf({ ...files, 'tenants/shop/a.yaml': account('{ store: v, key: fraud/a }') })).toEqual([
      'service-account/foreign-key tenants/shop/a.yaml',
    ]);
    expect(await codesOf({ ...files, 'tenants/shop/a.yaml': value('${secret.v.shop/a} ${secret.v.fraud/a}') })).toEqual([
      'validate/foreign-secret tenants/shop/a.yaml',
    ]);
    expect(await codesOf({ ...files, 'platform/a.yaml': value('${secret.v.fraud/a}') })).toEqual([]);
  });

  test('that was given to one tenant lets others in by its Grant, not by anybody else’s', async () => {
    const files = { 'platform/v.yaml': vault('v', 'tenants: [fraud], '), 'tenants/shop/a.yaml': account('{ store: v }') };
    expect(await codesOf(files)).toEqual(['service-account/store-not-granted tenants/shop/a.yaml']);
    expect(await codesOf({ ...files, 'tenants/fraud/g.yaml': grant('{ to: shop, stores: [v] }') })).toEqual([]);
    expect(await codesOf({ ...files, 'tenants/shop/g.yaml': grant('{ to: shop, stores: [v] }') })).toEqual([
      'service-account/store-not-granted tenants/shop/a.yaml',
      'grant/not-yours tenants/shop/g.yaml',
    ]);
  });
});

test('what Kubernetes would refuse of a Secret is a problem before anything is written', async () => {
  const kubernetes = (more: string) => ({
    'platform/k.yaml': yaml(
      'SecretStore',
      'k',
      `{ type: kubernetes, url: "https://k:6443", namespace: n, token: { env: T }, ${more} }`,
    ),
  });
  for (const more of ['field: "a b"', 'labels: { "no name!": x }', 'labels: { team: "two words" }'])
    expect(await codesOf(kubernetes(more))).toEqual(['validate/shape platform/k.yaml']);
  expect(await codesOf(kubernetes('field: pass.word, labels: { example.org/team: shop_1, empty: "" }'))).toEqual([]);
});

describe("a tenant's own store", () => {
  const files = { 'tenants/fraud/v.yaml': own('v') };

  test('is used by others after its Grant, below their own names, and not after the last day', async () => {
    const delivering = {
      ...files,
      'tenants/shop/a.yaml': account('{ store: v, key: shop/a }') + '---\n' + value('${secret.v.shop/a}'),
    };
    const refused = ['service-account/store-not-granted tenants/shop/a.yaml', 'validate/store-not-granted tenants/shop/a.yaml'];
    expect(await codesOf(delivering)).toEqual(refused);
    expect(await codesOf({ ...delivering, 'tenants/fraud/g.yaml': grant('{ to: shop, stores: [v] }') })).toEqual([]);
    expect(
      await codesOf({ ...delivering, 'tenants/fraud/g.yaml': grant('{ to: shop, stores: [v], until: 2026-06-29 }') }),
    ).toEqual(['grant/expired tenants/fraud/g.yaml', ...refused]);
    const outside = {
      ...files,
      'tenants/shop/a.yaml': value('${secret.v.fraud/a}'),
      'tenants/fraud/g.yaml': grant('{ to: shop, stores: [v] }'),
    };
    expect(await codesOf(outside)).toEqual(['validate/foreign-secret tenants/shop/a.yaml']);
  });

  test('goes before one of the same name; for the others the name is ambiguous, and TENANT/NAME decides', async () => {
    const both = { ...files, 'platform/v.yaml': vault('v') };
    const inFraud = yaml('ServiceAccount', 'fraud.a', '{ credentials: { deliverTo: { store: v, key: anything } } }');
    expect(await codesOf({ ...both, 'tenants/fraud/a.yaml': inFraud })).toEqual([]);
    expect(await codesOf({ ...both, 'tenants/shop/a.yaml': account('{ store: v }') })).toEqual([
      'validate/ambiguous-reference tenants/shop/a.yaml',
    ]);
    expect(await codesOf({ ...both, 'tenants/shop/a.yaml': account('{ store: platform/v }') })).toEqual([]);
    expect(await codesOf({ ...both, 'tenants/shop/a.yaml': value('${secret.v.shop/a} ${secret.platform/v.shop/a}') })).toEqual([
      'validate/ambiguous-reference tenants/shop/a.yaml',
    ]);
  });

  test('sends nothing of the platform’s to the address that the tenant wrote: it is not even opened', async () => {
    const wrong = {
      variable: vault('w'),
      'pod login': yaml('SecretStore', 'w', '{ type: vault, url: "https://w:1", kubernetes: { role: r } }'),
      'own cluster': yaml('SecretStore', 'w', '{ type: kubernetes, namespace: n }'),
      file: yaml('SecretStore', 'w', '{ type: local, file: ../../.kaas/secrets.age }'),
      keys: yaml('SecretStore', 'w', '{ type: aws, region: r }'),
      identity: yaml('SecretStore', 'w', '{ type: azure, vaultUrl: "https://w" }'),
      'tls key': yaml(
        'SecretStore',
        'w',
        '{ type: vault, url: "https://w:1", token: { store: local, key: fraud/t }, tls: { key: { file: k.pem } } }',
      ),
      'others key': own('w', 'shop/token'),
      'wider use': yaml(
        'SecretStore',
        'w',
        '{ type: vault, url: "https://w:1", token: { store: local, key: fraud/t }, tenants: [shop] }',
      ),
    };
    for (const [what, text] of Object.entries(wrong)) {
      expect([what, await codesOf({ 'tenants/fraud/w.yaml': text })]).toEqual([
        what,
        ['secret-store/platform-only tenants/fraud/w.yaml'],
      ]);
      expect([what, await storesOf({ ...files, 'tenants/fraud/w.yaml': text })]).toEqual([what, ['fraud/v']]);
    }
  });

  test('does not log in by a secret that stands in itself or in another tenant’s', async () => {
    const circular = own('v').replace('store: local', 'store: v');
    expect(await codesOf({ 'tenants/fraud/v.yaml': circular })).toEqual(['secret-store/circular-login tenants/fraud/v.yaml']);
    const viaPlatform = own('v').replace('store: local', 'store: p');
    expect(await codesOf({ 'tenants/fraud/v.yaml': viaPlatform, 'platform/p.yaml': vault('p') })).toEqual([]);
    expect(
      await codesOf({
        'platform/p.yaml': vault('p').replace('{ env: VAULT }', '{ store: q, key: k }'),
        'platform/q.yaml': vault('q'),
      }),
    ).toEqual(['secret-store/circular-login platform/p.yaml']);
  });

  test('is named in full wherever it is referred to, so that nobody opens the platform’s of the same name in its place', async () => {
    const text = '${secret.v.fraud/a} ${secret.platform/v.fraud/a} ${secret.local.fraud/a} ${secrets:x:y}';
    const inFraud = yaml('ServiceAccount', 'fraud.a', '{ credentials: { deliverTo: { store: v } } }');
    const written = `${inFraud}---\n${yaml('Topic', 'fraud.t', `{ partitions: 1, description: "${text}" }`)}`;
    const { environments, problems } = await checkTexts({
      ...frame,
      ...files,
      'platform/v.yaml': vault('v'),
      'tenants/fraud/a.yaml': written,
    });
    const specOf = (kind: string) => environments[0]?.declared.find(each => each.kind === kind)?.spec;
    expect(problems).toEqual([]);
    expect(specOf('ServiceAccount')).toEqual({ credentials: { deliverTo: { store: 'fraud/v' } } });
    expect(specOf('Topic')?.description).toBe(text.replace('secret.v.', 'secret.fraud/v.'));
  });

  test('is not where another one is', async () => {
    const twin = own('v').replace('key: fraud/token', 'key: shop/token');
    expect(await codesOf({ ...files, 'tenants/shop/v.yaml': twin })).toEqual(['secret-store/shared-place tenants/shop/v.yaml']);
  });
});

test('an address that is not encrypted is a warning, except on this machine', async () => {
  const over = (url: string) => vault('v').replace('https://vault:8200', url);
  expect(await codesOf({ 'platform/v.yaml': over('http://vault:8200') })).toEqual(['secret-store/in-clear platform/v.yaml']);
  expect(await storesOf({ 'platform/v.yaml': over('http://vault:8200') })).toEqual(['v']);
  expect(await codesOf({ 'platform/v.yaml': over('http://127.0.0.1:8200') })).toEqual([]);
});

test('`local` needs no document, and no document may take its name', async () => {
  expect(await codesOf({ 'platform/v.yaml': vault('local') })).toEqual(['secret-store/reserved-name platform/v.yaml']);
});

test('two accounts may keep their passwords under one key of two stores that have the same name', async () => {
  const inFraud = yaml('ServiceAccount', 'fraud.a', '{ credentials: { deliverTo: { store: v, key: shop/x } } }');
  const ofShop = own('v').replace('key: fraud/token', 'key: shop/token').replace('fraud-vault', 'shop-vault');
  const files = { 'tenants/fraud/v.yaml': own('v'), 'tenants/shop/v.yaml': ofShop, 'tenants/fraud/a.yaml': inFraud };
  expect(await codesOf({ ...files, 'tenants/shop/a.yaml': account('{ store: v, key: shop/x }') })).toEqual([]);
});
