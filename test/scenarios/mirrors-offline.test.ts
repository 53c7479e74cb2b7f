import { expect, test } from 'vitest';
import type { Composed } from '#flow/compose.ts';
import { checkTexts, yaml } from '../offline.ts';

/** Two environments with a cluster each, dev behind a prefix; two tenants. */
const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, prod] }'),
  'platform/dev.yaml': yaml(
    'Environment',
    'dev',
    '{ clusters: { main: kafka-dev, lab: kafka-lab }, default: main, prefix: dev. }',
  ),
  'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: kafka-prod } }'),
  'platform/kafka-dev.yaml': yaml('KafkaCluster', 'kafka-dev', '{ connection: local }'),
  'platform/kafka-lab.yaml': yaml('KafkaCluster', 'kafka-lab', '{ connection: local }'),
  'platform/kafka-prod.yaml': yaml(
    'KafkaCluster',
    'kafka-prod',
    `{ connection: { bootstrapServers: ["prod:9093"], protocol: SASL_SSL, mechanism: SCRAM-SHA-512, username: mirror,
        password: { store: local, key: prod }, tls: { ca: { env: CA }, certificate: { env: CERT }, key: { env: KEY } } } }`,
  ),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
  'platform/bank.yaml': yaml('Tenant', 'bank', '{}'),
};
const topic = (name: string) => yaml('Topic', name, '{ partitions: 1, replicationFactor: 1 }');
const mirror = (spec: string, metadata = 'environments: [dev]') =>
  yaml('Mirror', 'm', `{ connect: main, from: kafka-prod, to: main, ${spec} }`, metadata);
const grant = (spec: string, metadata = '') => yaml('Grant', 'g', `{ mirror: m, ${spec} }`, metadata);

const checked = async (files: Readonly<Record<string, string>>) => {
  const { problems, environments } = await checkTexts({ ...frame, ...files });
  const dev = environments.find(each => each.environment === 'dev') as Composed;
  return {
    problems: problems.map(each => each.code),
    waits: dev.waiting.map(each => [each.waits.who, each.waits.message]),
    connectors: dev.resources.filter(each => each.kind === 'Connector'),
  };
};
const configOf = (resource: { spec: object } | undefined) =>
  (resource?.spec as { config: Record<string, unknown> } | undefined)?.config ?? {};

test('a mirror into dev from prod reads the names of prod, makes connectors behind the prefix of dev, and no login stands in them', async () => {
  const { problems, waits, connectors } = await checked({
    'platform/m.yaml': mirror('topics: [shop.orders, "shop.log*"], groups: [shop.billing], heartbeats: true, state: paused'),
    'tenants/shop/t.yaml': `${topic('shop.orders')}---\n${grant('topics: ["shop.*"], groups: ["shop.*"]')}`,
  });
  expect([problems, waits]).toEqual([[], []]);
  expect(connectors.map(each => [each.remoteName, each.cluster, each.spec.state])).toEqual([
    ['main/dev.m-source', 'main', 'paused'],
    ['main/dev.m-checkpoint', 'main', 'paused'],
    ['main/dev.m-heartbeat', 'main', 'paused'],
  ]);
  const config = configOf(connectors[0]);
  expect(config.topics).toBe('shop\\.orders,shop\\.log.*');
  expect(configOf(connectors[1]).groups).toBe('shop\\.billing');
  expect(Object.fromEntries(Object.entries(config).filter(([key]) => key.startsWith('source.cluster.')))).toEqual({
    'source.cluster.alias': 'kafka-prod',
    'source.cluster.bootstrap.servers': 'prod:9093',
    'source.cluster.security.protocol': 'SASL_SSL',
    'source.cluster.sasl.mechanism': 'SCRAM-SHA-512',
    'source.cluster.sasl.jaas.config': '${secret.KafkaCluster/kafka-prod.sasl.jaas.config}',
    'source.cluster.ssl.truststore.type': 'PEM',
    'source.cluster.ssl.truststore.certificates': '${secret.KafkaCluster/kafka-prod.ssl.truststore.certificates}',
    'source.cluster.ssl.keystore.type': 'PEM',
    'source.cluster.ssl.keystore.certificate.chain': '${secret.KafkaCluster/kafka-prod.ssl.keystore.certificate.chain}',
    'source.cluster.ssl.keystore.key': '${secret.KafkaCluster/kafka-prod.ssl.keystore.key}',
  });
});

test('a mirror from another cluster of its own environment reads names behind the prefix', async () => {
  const { problems, connectors } = await checked({
    'platform/m.yaml': mirror('from: lab, topics: ["shop.*"]').replace('from: kafka-prod, ', ''),
    'tenants/shop/t.yaml': grant('topics: ["shop.*"]'),
  });
  expect(problems).toEqual([]);
  expect(connectors.map(each => configOf(each).topics)).toEqual(['dev\\.shop\\..*']);
});

test.each([
  ['no Grant', '', ['in dev', 'in prod']],
  ['a Grant in dev alone', grant('topics: ["shop.*"]', 'environments: [dev]'), ['in prod']],
  ['a Grant in prod alone', grant('topics: ["shop.*"]', 'environments: [prod]'), ['in dev']],
  ['a Grant that has ended', grant('topics: ["shop.*"], until: 2026-06-29'), ['in dev', 'in prod']],
  ['a Grant of other topics', grant('topics: ["shop.other.*"]'), ['in dev', 'in prod']],
  ['a Grant to another mirror', grant('topics: ["shop.*"]').replace('mirror: m', 'mirror: n'), ['in dev', 'in prod']],
])('with %s a mirror waits for the owner and makes nothing', async (_what, text, lacking) => {
  const { waits, connectors } = await checked({
    'platform/m.yaml': mirror('topics: ["shop.*"]'),
    ...(text === '' ? {} : { 'tenants/shop/g.yaml': text }),
  });
  expect(connectors).toEqual([]);
  expect(waits.map(([who]) => who)).toEqual(['tenant shop']);
  expect(['in dev', 'in prod'].filter(each => waits[0]?.[1]?.includes(each))).toEqual(lacking);
});

test('a prefix that several tenants own parts of needs the consent of each, and groups need their own', async () => {
  const files = { 'platform/m.yaml': mirror('topics: ["*"], groups: ["*"]') };
  const shop = grant('topics: ["shop.*"], groups: ["shop.*"]');
  expect((await checked({ ...files, 'tenants/shop/g.yaml': shop })).waits.map(([who]) => who)).toEqual(['tenant bank']);
  const bank = { 'tenants/bank/g.yaml': grant('topics: ["bank.*"]') };
  const withoutGroups = await checked({ ...files, 'tenants/shop/g.yaml': shop, ...bank });
  expect(withoutGroups.waits.map(([, message]) => /topic/.test(message ?? ''))).toEqual([false]);
  const all = { 'tenants/bank/g.yaml': grant('topics: ["bank.*"], groups: ["bank.*"]') };
  expect((await checked({ ...files, 'tenants/shop/g.yaml': shop, ...all })).connectors).toHaveLength(2);
});

test("nobody consents for another tenant's topics", async () => {
  const files = { 'platform/m.yaml': mirror('topics: ["shop.*"]'), 'tenants/bank/g.yaml': grant('topics: ["shop.*"]') };
  const { problems, waits } = await checked(files);
  expect([problems.includes('grant/not-yours'), waits.map(([who]) => who)]).toEqual([true, ['tenant shop']]);
});

test('a tenant can write no mirror, and no document can name the login of a cluster', async () => {
  const stolen = yaml(
    'Connector',
    'shop.c',
    '{ connect: main, class: C, config: { a: "${secret.KafkaCluster/kafka-dev.sasl.jaas.config}" } }',
  );
  expect((await checked({ 'tenants/shop/m.yaml': mirror('topics: ["shop.*"]') })).problems).toContain('load/platform-only');
  for (const file of ['tenants/shop/c.yaml', 'platform/c.yaml'])
    expect((await checked({ [file]: stolen })).problems).toContain('validate/missing-reference');
});

test("a connector with the name of a mirror's is refused", async () => {
  const { problems } = await checked({
    'platform/m.yaml': mirror('topics: ["audit.*"]'),
    'platform/c.yaml': yaml('Connector', 'm-source', '{ connect: main, class: C }', 'environments: [dev]'),
  });
  expect(problems).toEqual(['validate/duplicate-remote']);
});

test('mirrors of two environments that carry the same names to and fro are found from either side', async () => {
  const there = mirror('topics: ["audit.*"], replicationPolicy: identity');
  const back = yaml(
    'Mirror',
    'back',
    '{ connect: main, from: dev/main, to: main, topics: [audit.logins.*], replicationPolicy: identity }',
    'environments: [prod]',
  );
  const { problems } = await checked({ 'platform/m.yaml': `${there}---\n${back}` });
  expect(problems.filter(each => each === 'mirror/loop')).toHaveLength(2);
});

test('a mirror that reads as an account logs in with references to its password and the mechanism of that, which a rotation changes, and comes after it in one environment', async () => {
  const account = yaml('ServiceAccount', 'mirror.reader', '{ authentication: { type: scram-sha-256 } }');
  const both = await checked({ 'platform/m.yaml': `${mirror('topics: ["audit.*"], account: mirror.reader')}---\n${account}` });
  expect(both.problems).toEqual([]);
  const config = configOf(both.connectors[0]);
  expect(config['source.cluster.sasl.mechanism']).toMatch(/^\$\{secret\.local\.[^"}]*prod[^"}]*\.mechanism\}$/);
  expect(config['source.cluster.sasl.jaas.config']).toMatch(
    /^org.*ScramLoginModule required username="mirror\.reader" password="\$\{secret\.local\.[^"}]*prod[^"}]*\}";$/,
  );
  expect(both.connectors[0]?.refersTo).toEqual([]);
  const own = mirror('from: lab, topics: ["audit.*"], account: mirror.reader').replace('from: kafka-prod, ', '');
  const near = await checked({
    'platform/m.yaml': `${own}---\n${account.replace('reader }', 'reader, clusters: [lab], environments: [dev] }')}`,
  });
  expect([near.problems, near.connectors[0]?.refersTo.map(each => `${each.kind}/${each.name}`)]).toEqual([
    [],
    ['ServiceAccount/mirror.reader'],
  ]);
});

test.each([
  ['there is none', ''],
  [
    'we make no password for it',
    `---\n${yaml('ServiceAccount', 'mirror.reader', '{ principal: "User:CN=m", authentication: { type: tls } }')}`,
  ],
])('a mirror cannot read as an account when %s', async (_why, account) => {
  const { problems, connectors } = await checked({
    'platform/m.yaml': `${mirror('topics: ["audit.*"], account: mirror.reader')}${account}`,
  });
  expect([problems, connectors]).toEqual([['mirror/bad-account'], []]);
});

test.each([
  ['the same topics the same way', 'topics: ["audit.*"]', 'topics: [audit.logins.*]', ['mirror/twice', 'mirror/twice']],
  ['other topics', 'topics: ["audit.*"]', 'topics: ["trail.*"]', []],
  ['them under other names', 'topics: ["audit.*"]', 'topics: ["audit.*"], replicationPolicy: identity', ['mirror/other-prefix']],
])('of two mirrors between the same clusters, the second of which carries %s', async (_what, one, other, codes) => {
  const second = yaml('Mirror', 'second', `{ connect: main, from: prod/main, to: kafka-dev, ${other} }`, 'environments: [dev]');
  expect((await checked({ 'platform/m.yaml': `${mirror(one)}---\n${second}` })).problems).toEqual(codes);
});

test('a connector and a mirror come after the account whose password they name, on whichever cluster it is', async () => {
  const loader = '{ credentials: { deliverTo: { store: local, key: shop/loader } } }';
  const sink =
    '{ connect: main, class: x.Sink, config: { db.password: "${secret.local.shop/loader}", db.mechanism: "${secret.local.shop/loader.mechanism}" } }';
  const { problems, connectors } = await checked({
    'platform/m.yaml': mirror('from: lab, account: reader, topics: ["shop.*"]').replace('from: kafka-prod, ', ''),
    'platform/a.yaml': yaml('ServiceAccount', 'reader', '{}', 'environments: [dev], clusters: [lab]'),
    'tenants/shop/t.yaml': [
      grant('topics: ["shop.*"]'),
      yaml('ServiceAccount', 'shop.loader', loader, 'environments: [dev], clusters: [lab]'),
      yaml('Connector', 'shop.sink', sink, 'environments: [dev]'),
    ].join('---\n'),
  });
  expect(problems).toEqual([]);
  expect(connectors.map(each => [each.name, each.refersTo.map(({ cluster, name, makes }) => [cluster, name, makes])])).toEqual([
    ['shop.sink', [['lab', 'shop.loader', ['local.shop/loader', 'local.shop/loader.mechanism']]]],
    ['m-source', [['lab', 'reader', ['local.@platform/dev/lab/dev.reader.mechanism', 'local.@platform/dev/lab/dev.reader']]]],
  ]);
});

test("a mirror finds the password of a tenant's account in that tenant's own store", async () => {
  const { problems, connectors } = await checked({
    'platform/m.yaml': mirror('from: lab, account: shop/shop.reader, topics: ["shop.*"]').replace('from: kafka-prod, ', ''),
    'tenants/shop/t.yaml': [
      grant('topics: ["shop.*"]'),
      yaml(
        'SecretStore',
        'vault',
        '{ type: vault, url: "https://vault.example:8200", mount: kv, appRole: { roleId: kaas, secretId: { store: local, key: shop/vault } } }',
      ),
      yaml(
        'ServiceAccount',
        'shop.reader',
        '{ credentials: { deliverTo: { store: vault, key: reader } } }',
        'environments: [dev], clusters: [lab]',
      ),
    ].join('---\n'),
  });
  expect(problems).toEqual([]);
  expect(configOf(connectors[0])['source.cluster.sasl.mechanism']).toBe('${secret.shop/vault.reader.mechanism}');
  expect(connectors[0]?.refersTo.map(each => each.name)).toEqual(['shop.reader']);
});

test('names that a mirror keeps and this environment cannot name, and a topic that a document sets too, are warnings', async () => {
  const own = (spec: string) => ({
    'platform/m.yaml': mirror(`from: lab, replicationPolicy: identity, ${spec}`).replace('from: kafka-prod, ', ''),
    'tenants/shop/t.yaml': [
      yaml('Topic', 'shop.orders', '{ partitions: 1, replicationFactor: 1 }', 'environments: [dev], clusters: [main, lab]'),
      grant('topics: ["shop.*"]'),
    ].join('---\n'),
  });
  expect((await checked(own('topics: [shop.orders]'))).problems).toEqual(['mirror/two-owners']);
  expect((await checked(own('topics: ["shop.*"]'))).problems).toEqual(['mirror/two-owners']);
  expect((await checked(own('topics: [shop.orders], config: { sync.topic.configs.enabled: false }'))).problems).toEqual([]);
  const unmanaged = own('topics: [shop.orders]')['tenants/shop/t.yaml'].replace('clusters: [main, lab]', '$&, managed: false');
  expect((await checked({ ...own('topics: [shop.orders]'), 'tenants/shop/t.yaml': unmanaged })).problems).toEqual([]);
  const other = {
    'platform/m.yaml': mirror('topics: [shop.orders], replicationPolicy: identity'),
    'tenants/shop/t.yaml': `${topic('shop.orders')}---\n${grant('topics: [shop.orders]')}`,
  };
  expect((await checked(other)).problems).toEqual(['mirror/other-prefix']);
});
