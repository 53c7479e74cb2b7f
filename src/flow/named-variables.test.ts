import { expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, prod] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: eu }, prefix: dev., variables: { word: blue } }'),
  'platform/prod.yaml': yaml(
    'Environment',
    'prod',
    '{ clusters: { main: us }, variables: { word: red, few: 2 }, defaults: { topic: { replicationFactor: "${var.few}" } } }',
  ),
  'platform/eu.yaml': yaml('KafkaCluster', 'eu', '{ connection: local }'),
  'platform/us.yaml': yaml('KafkaCluster', 'us', '{ connection: local }'),
  'platform/tenants.yaml': ['shop', 'fraud', 'zeta'].map(name => yaml('Tenant', name, '{}')).join('---\n'),
};
const topic = (name: string, spec: string) => yaml('Topic', name, spec);

/** The topic `NAME` of an environment, and all problems. */
async function composed(files: Record<string, string>, name: string, environment = 'dev') {
  const checked = await checkTexts({ ...frame, ...files });
  const found = checked.environments.find(each => each.environment === environment);
  return { spec: found?.declared.find(each => each.name === name)?.spec, problems: checked.problems };
}

const twoOrders = {
  'tenants/shop/a.yaml': topic('orders', '{ name: "shop.${var.word}" }'),
  'tenants/zeta/a.yaml': topic('orders', '{ name: zeta.orders }'),
};

test("a variable names the own tenant's document first, by the name that variables give it", async () => {
  const files = { ...twoOrders, 'tenants/shop/b.yaml': topic('shop.b', '{ description: "like ${topic.orders}" }') };
  const { spec, problems } = await composed(files, 'shop.b');
  expect([spec, problems]).toEqual([{ description: 'like dev.shop.blue' }, []]);
});

test('one that could name documents of several other tenants is a problem, and TENANT/NAME decides', async () => {
  const ask = (variable: string) => ({
    ...twoOrders,
    'tenants/fraud/b.yaml': topic('fraud.b', `{ description: "${variable}" }`),
  });
  expect((await composed(ask('${topic.orders}'), 'fraud.b')).problems).toMatchObject([
    { code: 'compose/undefined-variable', message: '${topic.orders} could be shop/orders or zeta/orders.' },
  ]);
  expect(await composed(ask('${topic.zeta/orders}'), 'fraud.b')).toMatchObject({
    spec: { description: 'dev.zeta.orders' },
    problems: [],
  });
});

test("a variable in one environment's defaults is of no concern to the others", async () => {
  const files = { 'tenants/shop/a.yaml': topic('shop.a', '{}') };
  expect(await composed(files, 'shop.a', 'prod')).toMatchObject({ spec: { replicationFactor: 2 }, problems: [] });
});

test('labels and annotations hold variables too, as texts, and an undefined one has its place', async () => {
  const labelled = (value: string) => ({ 'tenants/shop/a.yaml': yaml('Topic', 'shop.a', '{}', `labels: { few: "${value}" }`) });
  const checked = await checkTexts({ ...frame, ...labelled('${var.few}') });
  const prod = checked.environments.find(each => each.environment === 'prod');
  expect(prod?.declared.find(each => each.name === 'shop.a')?.labels).toEqual({ few: '2' });
  expect(checked.problems).toMatchObject([
    { code: 'compose/undefined-variable', at: { file: 'tenants/shop/a.yaml', line: 3, column: 37 } },
  ]);
});

test.each([
  ['the spec', 'config: { "${var.word}": x, "a-${topic.orders}": y }', '', 2],
  ['a label', '', 'labels: { "${var.word}": x }', 1],
  ['a secret', 'config: { "${secret.local.shop/x}": x }', '', 1],
])(
  'a variable in the name of a field (%s) is refused with its place, not passed unsaid',
  async (_where, spec, metadata, count) => {
    const files = { ...twoOrders, 'tenants/shop/b.yaml': yaml('Topic', 'shop.b', `{ ${spec} }`, metadata) };
    const { problems } = await composed(files, 'shop.b');
    const said = problems.filter(each => each.code === 'compose/variable-in-key');
    expect(said.length).toBe(count);
    expect(said[0]?.at).toMatchObject({ file: 'tenants/shop/b.yaml', line: metadata === '' ? 4 : 3 });
  },
);

test('what is not ours in the name of a field passes untouched', async () => {
  const connector = yaml('Connector', 'shop.c', '{ connect: main, class: X, config: { "${env:A}": "1" } }');
  const { problems } = await composed({ 'tenants/shop/b.yaml': connector }, 'shop.c');
  expect(problems.filter(each => each.code === 'compose/variable-in-key')).toEqual([]);
});
