import { describe, expect, test } from 'vitest';
import type { KafkaClusterSpec } from '#model/frame/frame.ts';
import { checkTexts, yaml } from '#test/offline.ts';
import { addressesOf, foreignIn } from './addresses.ts';

const cluster = (stage: string) => `
  connection:
    bootstrapServers: ["kafka-${stage}.acme.example:9092", "10.0.0.1:${stage === 'dev' ? 9093 : 9094}"]
    schemaRegistry: { url: "https://gateway.acme.example/registry-${stage}/" }
    connect: { main: { url: "http://connect-${stage}:8083" } }`;
const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, prod] }'),
  'platform/dev.yaml': yaml(
    'Environment',
    'dev',
    '{ clusters: { main: dev-eu }, variables: { broker: "kafka-dev.acme.example:9092" } }',
  ),
  'platform/prod.yaml': yaml(
    'Environment',
    'prod',
    '{ clusters: { main: prod-eu }, variables: { broker: "kafka-prod.acme.example:9092" } }',
  ),
  'platform/dev-eu.yaml': yaml('KafkaCluster', 'dev-eu', cluster('dev')),
  'platform/prod-eu.yaml': yaml('KafkaCluster', 'prod-eu', cluster('prod')),
  'platform/tenants/shop.yaml': yaml('Tenant', 'shop', '{}'),
};
/** Any text of a spec will do: the rule is the engine's, whatever the kind. */
const topic = (value: string, metadata = '') =>
  `apiVersion: kaas.dev/v1\nkind: Topic\nmetadata: { name: shop.orders${metadata} }\nspec:\n  partitions: 1\n  description: ${JSON.stringify(value)}\n`;
const problemsOf = async (files: Record<string, string>) => (await checkTexts({ ...frame, ...files })).problems;

describe("an address that only another environment's clusters have", () => {
  test('stands in the base and is never patched: a problem in the environment that it does not belong to, with its place', async () => {
    expect(await problemsOf({ 'tenants/shop/a.yaml': topic('sink to kafka-dev.acme.example:9092') })).toMatchObject([
      {
        code: 'validate/foreign-cluster',
        severity: 'error',
        scope: 'tenant',
        tenant: 'shop',
        environment: 'prod',
        at: { file: 'tenants/shop/a.yaml', line: 6, column: 16 },
        related: [],
        message: '`kafka-dev.acme.example:9092` is an address of dev, not of prod.',
      },
    ]);
  });

  test('is a problem just as much where the document is switched off', async () => {
    const off = topic('kafka-dev.acme.example:9092', ', managed: false');
    expect((await problemsOf({ 'tenants/shop/a.yaml': off })).map(each => each.code)).toEqual(['validate/foreign-cluster']);
  });

  test('is none once the overlay replaces it', async () => {
    const files = {
      'tenants/shop/a.yaml': topic('kafka-dev.acme.example:9092'),
      'tenants/shop/environments/prod/a.yaml': topic('kafka-prod.acme.example:9092'),
    };
    expect(await problemsOf(files)).toEqual([]);
  });

  test('in an overlay names its own line and the base line that it overrides', async () => {
    const files = {
      'tenants/shop/a.yaml': topic('nothing'),
      'tenants/shop/environments/prod/a.yaml': `# a patch\n${topic('kafka-dev.acme.example:9092')}`,
    };
    expect(await problemsOf(files)).toMatchObject([
      {
        at: { file: 'tenants/shop/environments/prod/a.yaml', line: 7, column: 16 },
        related: [{ file: 'tenants/shop/a.yaml', line: 6, column: 16 }],
      },
    ]);
  });

  test('comes from a variable of the own environment without a problem', async () => {
    expect(await problemsOf({ 'tenants/shop/a.yaml': topic('to ${var.broker}') })).toEqual([]);
  });

  test('belongs to a cluster that no environment uses: a problem in every environment', async () => {
    const unused = yaml('KafkaCluster', 'old', '{ connection: { bootstrapServers: ["old:9092"] } }');
    const files = { 'platform/old.yaml': unused, 'tenants/shop/a.yaml': topic('old:9092') };
    expect((await problemsOf(files)).map(each => each.environment)).toEqual(['dev', 'prod']);
  });
});

describe('addresses are compared whole', () => {
  const spec = (stage: string) => addressesOf(connection(stage));
  test.each([
    ['a list of brokers', 'PLAINTEXT://a:1,SASL_SSL://KAFKA-DEV.acme.example:9092', true],
    ['an address', 'http://connect-dev:8083/connectors', true],
    ['another port', 'connect-dev:80830', false],
    ['a longer host', 'my-connect-dev:8083', false],
    ['a registry by its path', 'https://user:word@gateway.acme.example/registry-dev', true],
    ['its default port', 'https://gateway.acme.example:443/registry-dev/subjects', true],
    ['the own path behind the same gateway', 'https://gateway.acme.example/registry-prod/', false],
    ['a longer path', 'https://gateway.acme.example/registry-development', false],
    ['an own broker at the same host', '10.0.0.1:9094', false],
    ["another environment's broker at the same host", '10.0.0.1:9093', true],
  ])('%s', (_what, text, found) => {
    expect(foreignIn(text, spec('prod'), spec('dev')).length > 0).toBe(found);
  });
  const connection = (stage: string): KafkaClusterSpec => ({
    connection: {
      bootstrapServers: [`kafka-${stage}.acme.example:9092`, `10.0.0.1:${stage === 'dev' ? 9093 : 9094}`],
      schemaRegistry: { url: `https://gateway.acme.example/registry-${stage}/` },
      connect: { main: { url: `http://connect-${stage}:8083` } },
    },
  });
});

describe('a secret store that only another environment has', () => {
  const store = yaml('SecretStore', 'vault', '{ type: local }', 'environments: [dev]');
  const account =
    'apiVersion: kaas.dev/v1\nkind: ServiceAccount\nmetadata: { name: shop.a }\nspec:\n  credentials: { deliverTo: { store: vault } }\n';

  test('is no place for an account of this one', async () => {
    const problems = await problemsOf({ 'platform/vault.yaml': store, 'tenants/shop/a.yaml': account });
    expect(problems).toMatchObject([
      {
        code: 'validate/foreign-reference',
        environment: 'prod',
        message: 'SecretStore `vault` holds in dev only, not in prod.',
        at: { file: 'tenants/shop/a.yaml', line: 5, column: 31 },
      },
    ]);
  });

  test('is refused inside a value as well, and so is one that nobody has', async () => {
    const files = {
      'platform/vault.yaml': store,
      'tenants/shop/a.yaml': topic('${secret.vault.shop/b} ${secret.vualt.a} ${secret.local.shop/x} ${secrets:file:key}'),
    };
    expect((await problemsOf(files)).map(each => [each.environment, each.code])).toEqual([
      ['dev', 'validate/missing-reference'],
      ['prod', 'validate/foreign-reference'],
      ['prod', 'validate/missing-reference'],
    ]);
  });

  test('patched to one that is here is right', async () => {
    const files = {
      'platform/vault.yaml': store,
      'tenants/shop/a.yaml': account,
      'tenants/shop/environments/prod/a.yaml': account.replace('store: vault', 'store: local'),
    };
    expect(await problemsOf(files)).toEqual([]);
  });
});

test("another tenant's secret store is neither read from nor delivered to; the platform's is", async () => {
  const account = yaml('ServiceAccount', 'shop.x', '{ credentials: { deliverTo: { store: vault } } }');
  const using = { 'tenants/shop/a.yaml': topic('${secret.vault.shop/x}'), 'tenants/shop/b.yaml': account };
  const vault = yaml('SecretStore', 'vault', '{ type: local }');
  const theirs = { 'platform/tenants/zeta.yaml': yaml('Tenant', 'zeta', '{}'), 'tenants/zeta/a.yaml': vault };
  expect(new Set((await problemsOf({ ...using, ...theirs })).map(each => each.code))).toEqual(
    new Set(['secret-store/platform-only', 'service-account/store-not-granted', 'validate/store-not-granted']),
  );
  expect(await problemsOf({ ...using, 'platform/vault.yaml': vault })).toEqual([]);
});
