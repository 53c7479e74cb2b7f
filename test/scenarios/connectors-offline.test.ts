import { expect, test } from 'vitest';
import { provenance } from '#model/resource.ts';
import { manifest, testLandscape } from '../landscape.ts';
import { checkTexts, yaml } from '../offline.ts';

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, prod] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: kafka-dev }, prefix: dev. }'),
  'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: kafka-prod } }'),
  'platform/kafka-dev.yaml': yaml('KafkaCluster', 'kafka-dev', '{ connection: local }'),
  'platform/kafka-prod.yaml': yaml('KafkaCluster', 'kafka-prod', '{ connection: local }'),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
  'platform/other.yaml': yaml('Tenant', 'other', '{}'),
};
const connector = (spec: string, metadata = '') => yaml('Connector', 'shop.c', `{ class: C, ${spec} }`, metadata);

const problemsOf = async (text: string, environment: string) => {
  const { problems } = await checkTexts({ ...frame, 'tenants/shop/c.yaml': text }, [environment]);
  return problems.map(each => [each.code, each.at?.line, each.at?.column]);
};

test.each([
  ['running', ''],
  ['stopped', 'state: stopped, '],
])('a connector whose Connect cluster is of another environment is refused, %s', async (_state, state) => {
  const text = connector(`${state}connect: kafka-dev/main`);
  expect(await problemsOf(text, 'dev')).toEqual([]);
  expect(await problemsOf(text, 'prod')).toEqual([['connector/foreign-connect', 4, expect.any(Number)]]);
});

test('a connector that is not managed must not name a Connect cluster of another environment either', async () => {
  expect(await problemsOf(connector('connect: kafka-dev/main', 'managed: false'), 'prod')).toEqual([
    ['connector/foreign-connect', 4, expect.any(Number)],
  ]);
});

test.each([
  ['shop.c/d', true],
  ['shop.c ', true],
  ['shop. c', false],
])('a connector is not called `%s` where the workers refuse that or call it otherwise', async (name, refused) => {
  expect(await problemsOf(connector(`connect: main, name: "${name}"`), 'dev')).toEqual(
    refused ? [['connector/bad-name', 4, expect.any(Number)]] : [],
  );
});

test('a patch for the environment mends the reference', async () => {
  const files = {
    ...frame,
    'tenants/shop/c.yaml': connector('connect: kafka-dev/main'),
    'tenants/shop/environments/prod/c.yaml': yaml('Connector', 'shop.c', '{ connect: kafka-prod/main }'),
  };
  expect((await checkTexts(files)).problems).toEqual([]);
});

test.each([
  ['a password', 'connection.password', 'hunter22'],
  ['a key that ends in it', 'database.history.producer.sasl.password', 'hunter22'],
  ['a token', 'auth.token', 'hunter22'],
  ['a login for JAAS', 'consumer.override.sasl.jaas.config', 'X required username=\\"u\\" password=\\"hunter22\\";'],
  ['a login inside an address', 'connection.url', 'jdbc:postgresql://app:hunter22@db/shop'],
  ['a password inside an address', 'connection.url', 'jdbc:postgresql://db/shop?user=app&password=hunter22'],
  ['a header', 'headers', 'X-A: b|Authorization: Bearer hunter22'],
  ["a header's value", 'http.headers.authorization', 'Basic hunter22'],
  ['a private key', 'anything', '-----BEGIN PRIVATE KEY-----'],
])('%s in clear is refused with its place and without being printed', async (_what, key, value) => {
  const { problems } = await checkTexts(
    { ...frame, 'tenants/shop/c.yaml': `${connector(`connect: main, config: {\n    "${key}": "${value}" }`)}` },
    ['dev'],
  );
  // What looks secret whatever key it stands under is found before anything knows that this is a connector.
  expect(problems.map(each => [each.code.split('/').at(-1), each.at?.line])).toEqual([['secret-in-clear', 5]]);
  expect(JSON.stringify(problems)).not.toContain('hunter22');
});

test.each([
  ['a reference of ours', 'connection.password', '${secret.local.shop/db}'],
  ["a reference of Connect's own", 'connection.password', '${file:/etc/db.properties:password}'],
  ['a reference inside a login', 'x.sasl.jaas.config', 'X required username=\\"u\\" password=\\"${secret.local.shop/db}\\";'],
  ['a reference inside an address', 'connection.url', 'jdbc:postgresql://app:${secret.local.shop/db}@db/shop'],
  ['where a secret is found', 'basic.auth.credentials.source', 'USER_INFO'],
  ['where tokens come from', 'x.sasl.oauthbearer.token.endpoint.url', 'https://login.example/token'],
  ['a switch', 'delete.secret', 'false'],
  ['a reference inside a header', 'http.headers.authorization', 'Bearer ${secret.local.shop/db}'],
  ['a word about logins', 'http.authorization.type', 'Basic authentication'],
  ['a login without a password', 'x.sasl.jaas.config', 'org.apache.kafka.X required ;'],
])('%s is no secret in clear', async (_what, key, value) => {
  expect(await problemsOf(connector(`connect: main, config: { "${key}": "${value}" }`), 'dev')).toEqual([]);
});

test("every other ${…} passes untouched, and a variable of ours that is alone keeps its place in the connector's references", async () => {
  const { environments, problems } = await checkTexts(
    {
      ...frame,
      'tenants/shop/c.yaml': `${connector('connect: main, config: { topics: "${topic.shop.t}", a: "${env:HOME}", b: "${vault:x:y}", c: "${topic}" }')}---\n${yaml('Topic', 'shop.t', '{ partitions: 1, replicationFactor: 1 }')}`,
    },
    ['dev'],
  );
  expect(problems).toEqual([]);
  const found = environments[0]?.resources.find(each => each.kind === 'Connector');
  expect(found?.spec.config).toEqual({ topics: 'dev.shop.t', a: '${env:HOME}', b: '${vault:x:y}', c: '${topic}' });
  expect(found?.remoteName).toBe('main/dev.shop.c');
  expect(found?.refersTo).toEqual([{ cluster: 'main', tenant: 'shop', kind: 'Topic', name: 'shop.t', remoteName: 'dev.shop.t' }]);
});

test("a connector that names an account's own password refers to that account; another tenant may not name it", async () => {
  const account = yaml(
    'ServiceAccount',
    'shop.reader',
    '{ credentials: { deliverTo: { store: local, key: shop/reader } } }',
    'environments: [dev]',
  );
  const config =
    'connect: main, config: { x.sasl.password: "${secret.local.shop/reader}", x.sasl.mechanism: "${secret.local.shop/reader.mechanism}" }';
  const own = await checkTexts({ ...frame, 'tenants/shop/c.yaml': `${connector(config)}---\n${account}` }, ['dev']);
  expect(own.problems).toEqual([]);
  expect(own.environments[0]?.resources.find(each => each.kind === 'Connector')?.refersTo.map(each => each.name)).toEqual([
    'shop.reader',
  ]);
  const stranger = yaml('Connector', 'other.c', `{ class: C, ${config} }`);
  const foreign = await checkTexts({ ...frame, 'tenants/shop/a.yaml': account, 'tenants/other/c.yaml': stranger }, ['dev']);
  expect(foreign.problems.map(each => each.code)).toEqual(['validate/foreign-secret', 'validate/foreign-secret']);
});

test('the properties of a connection lie below the configuration, each value with its own origin', async () => {
  const files = {
    ...frame,
    'tenants/shop/db.yaml': yaml('Connection', 'db', '{ properties: { host: db.dev, user: app, port: 5432 } }'),
    'tenants/shop/environments/prod/db.yaml': yaml('Connection', 'db', '{ properties: { host: db.prod } }'),
    'tenants/shop/c.yaml': connector('connect: main, connection: db, config: { user: reader }'),
  };
  const { environments, problems } = await checkTexts(files);
  expect(problems).toEqual([]);
  const [dev, prod] = environments.map(each => each.resources.find(one => one.kind === 'Connector'));
  expect(dev?.spec.config).toEqual({ host: 'db.dev', user: 'reader', port: 5432 });
  expect(prod?.spec.config).toEqual({ host: 'db.prod', user: 'reader', port: 5432 });
  const origins = (key: string) => provenance(prod as NonNullable<typeof prod>, ['config', key]).map(each => each.file);
  expect(origins('host')).toEqual(['tenants/shop/environments/prod/db.yaml', 'tenants/shop/db.yaml']);
  expect(origins('user')).toEqual(['tenants/shop/c.yaml', 'tenants/shop/db.yaml']);
});

test("another tenant's connection is not there for a connector, the platform's is", async () => {
  const own = connector('connect: main, connection: db');
  const foreign = await checkTexts({
    ...frame,
    'tenants/other/db.yaml': yaml('Connection', 'db', '{}'),
    'tenants/shop/c.yaml': own,
  });
  expect(new Set(foreign.problems.map(each => each.code))).toEqual(new Set(['compose/missing-template']));
  const platform = await checkTexts({ ...frame, 'platform/db.yaml': yaml('Connection', 'db', '{}'), 'tenants/shop/c.yaml': own });
  expect(platform.problems).toEqual([]);
});

test.each([
  ["below another tenant's name", 'local.other/db', ['validate/foreign-secret']],
  ["below the platform's name", 'local.@platform/db', ['validate/foreign-secret']],
  ['below its own name', 'local.shop/db', []],
  ["below nobody's name", 'local.databases/db', ['validate/foreign-secret']],
])('a secret of the shared store %s: a connector may use its own only', async (_where, secret, codes) => {
  const text = connector(`connect: main, config: { x.password: "\${secret.${secret}}" }`);
  expect((await problemsOf(text, 'dev')).map(([code]) => code)).toEqual(codes);
});

test("the platform's connection brings secrets of the platform to a tenant's connector", async () => {
  const { problems } = await checkTexts({
    ...frame,
    'platform/db.yaml': yaml('Connection', 'db', '{ properties: { x.password: "${secret.local.@platform/db}" } }'),
    'tenants/shop/c.yaml': connector('connect: main, connection: db'),
  });
  expect(problems).toEqual([]);
});

test('offline a connector is planned without a verdict, and a Connect cluster that its KafkaCluster does not name is impossible', async () => {
  const connection = { bootstrapServers: ['127.0.0.1:1'], connect: { main: { url: 'http://127.0.0.1:1' } } };
  const landscape = testLandscape({ cluster: { connection } });
  const declared = (name: string, connect: string) => manifest('Connector', name, { connect, class: 'com.example.Absent' });
  landscape.write('tenants/shop/c.yaml', declared('shop.c', 'main') + declared('shop.lost', 'mian'));
  const plan = await landscape.plan('--offline');
  expect(plan.changes.map(each => [each.name, each.state, each.probe, each.reasons.map(one => one.message)])).toEqual([
    ['shop.c', 'ready', 'notProbed', []],
    ['shop.lost', 'impossible', 'accepted', [expect.stringContaining('Did you mean `main`?')]],
  ]);
});

test('a connector that takes the password of an account without its mechanism is warned of the rotation that would cut it off', async () => {
  const account = yaml('ServiceAccount', 'shop.app', '{}');
  const password = 'producer.override.sasl.jaas.config: \'x required password="${secret.local.shop/dev/main/dev.shop.app}";\'';
  const mechanism = 'producer.override.sasl.mechanism: "${secret.local.shop/dev/main/dev.shop.app.mechanism}"';
  const warned = await problemsOf(`${account}---\n${connector(`connect: main, config: { ${password} }`)}`, 'dev');
  expect(warned).toEqual([['connector/mechanism-fixed', 9, expect.any(Number)]]);
  expect(await problemsOf(`${account}---\n${connector(`connect: main, config: { ${password}, ${mechanism} }`)}`, 'dev')).toEqual(
    [],
  );
});
