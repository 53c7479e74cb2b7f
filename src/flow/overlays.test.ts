import { expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [prod] }'),
  'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: eu, us: us }, default: main }'),
  'platform/eu.yaml': yaml('KafkaCluster', 'eu', '{ connection: local }'),
  'platform/us.yaml': yaml('KafkaCluster', 'us', '{ connection: local }'),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
};
const base = yaml('Topic', 'shop.orders', '{ partitions: 3, config: { retention.ms: 1d } }', 'clusters: [main, us]');
const patch = (spec: string, clusters: string, more = '') => `${yaml('Topic', 'shop.orders', spec, clusters)}${more}`;

/** `cluster: partitions` of what is composed for prod, and the problems. */
async function composed(...patches: string[]) {
  const files = { 'tenants/shop/topics.yaml': base, 'tenants/shop/environments/prod/topics.yaml': patches.join('---\n') };
  const checked = await checkTexts({ ...frame, ...files });
  const topics = checked.environments[0]?.declared.filter(each => each.kind === 'Topic') ?? [];
  return {
    partitions: Object.fromEntries(topics.map(each => [each.cluster, each.spec.partitions])),
    specs: Object.fromEntries(topics.map(each => [each.cluster, each.spec])),
    problems: checked.problems.map(({ code, at }) => ({ code, at })),
  };
}

test('a patch that names clusters holds on those alone', async () => {
  const { specs, problems } = await composed(patch('{ partitions: 6, config: null }', 'clusters: [us]'));
  expect(problems).toEqual([]);
  expect(specs).toEqual({ main: { partitions: 3, config: { 'retention.ms': '1d' } }, us: { partitions: 6 } });
});

test('patches for all clusters and for one are laid in the order in which they stand', async () => {
  const everywhere = patch('{ partitions: 9 }', '');
  const there = patch('{ partitions: 6 }', 'clusters: [us]');
  expect((await composed(everywhere, there)).partitions).toEqual({ main: 9, us: 6 });
  expect((await composed(there, everywhere)).partitions).toEqual({ main: 9, us: 9 });
});

test('a patch can take a document off one cluster', async () => {
  const { partitions, problems } = await composed(patch('{}', 'clusters: [us]', '$patch: delete\n'));
  expect([partitions, problems]).toEqual([{ main: 3 }, []]);
});

test('a patch for a cluster on which the document does not hold is a problem at its selection', async () => {
  const { partitions, problems } = await composed(patch('{ partitions: 6 }', 'clusters: [asia]'));
  expect(partitions).toEqual({ main: 3, us: 3 });
  expect(problems).toEqual([
    { code: 'compose/unknown-cluster', at: { file: 'tenants/shop/environments/prod/topics.yaml', line: 3, column: 32 } },
  ]);
});

test('a patch that takes a document off a cluster on which it is not is a problem, not a silent nothing', async () => {
  const { partitions, problems } = await composed(patch('{}', 'clusters: [asia]', '$patch: delete\n'));
  expect(partitions).toEqual({ main: 3, us: 3 });
  expect(problems.map(each => each.code)).toEqual(['compose/unknown-cluster']);
});

test("a patch that selects other environments than its folder's holds nowhere: a problem at its selection", async () => {
  const { partitions, problems } = await composed(patch('{ partitions: 6 }', 'environments: [dev]'));
  expect(partitions).toEqual({ main: 3, us: 3 });
  expect(problems).toContainEqual({
    code: 'compose/selects-nothing',
    at: { file: 'tenants/shop/environments/prod/topics.yaml', line: 3, column: 32 },
  });
});

test('a patch merges labels and annotations, and removes one by null', async () => {
  const files = {
    'tenants/shop/a.yaml': yaml('Topic', 'shop.a', '{}', 'labels: { a: x, b: y }, protected: true'),
    'tenants/shop/environments/prod/a.yaml': yaml('Topic', 'shop.a', '{}', 'labels: { a: ~, c: z }, protected: ~'),
  };
  const { environments, problems } = await checkTexts({ ...frame, ...files });
  expect(problems).toEqual([]);
  expect(environments[0]?.declared.find(each => each.name === 'shop.a')).toMatchObject({
    labels: { b: 'y', c: 'z' },
    protected: false,
  });
});

test('a label that is null in a document of its own is a problem', async () => {
  const files = { 'tenants/shop/a.yaml': yaml('Topic', 'shop.a', '{}', 'labels: { a: ~ }') };
  expect((await checkTexts({ ...frame, ...files })).problems.map(each => each.code)).toEqual(['load/bad-metadata']);
});
