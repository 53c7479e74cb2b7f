import { expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const frame = (after = ', after: dev') => ({
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, prod] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: dev } }'),
  'platform/prod.yaml': yaml('Environment', 'prod', `{ clusters: { main: prod }${after} }`),
  'platform/clusters.yaml': ['dev', 'prod'].map(each => yaml('KafkaCluster', each, '{ connection: local }')).join('---\n'),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
});
const avro = (...fields: string[]) => `{ type: record, name: Order, namespace: shop, fields: [${fields.join(', ')}] }`;
const id = '{ name: id, type: string }';
const amount = '{ name: amount, type: long }';
const amountWithDefault = '{ name: amount, type: long, default: 0 }';
const schema = (definition: string, more = '', name = 'shop.orders-value') =>
  yaml('Schema', name, `{ type: AVRO, definition: ${definition}${more} }`);
const patch = (definition: string, more = '') =>
  schema(definition, more).replace(', type: AVRO', '').replace('{ type: AVRO, ', '{ ');

async function warned(base: string, inProd: string, after?: string) {
  const files = { 'tenants/shop/a.yaml': base, 'tenants/shop/environments/prod/a.yaml': inProd };
  return (await checkTexts({ ...frame(after), ...files })).problems;
}

test('a schema that could not follow the one of the environment before is a warning with the field, where it stands', async () => {
  expect(await warned(schema(avro(id, amount)), patch(avro(id), ', compatibility: BACKWARD'))).toMatchObject([
    {
      code: 'schema/not-promotable',
      severity: 'warning',
      environment: 'prod',
      tenant: 'shop',
      at: { file: 'tenants/shop/environments/prod/a.yaml', line: 4 },
      related: [{ file: 'tenants/shop/a.yaml', line: 4 }],
      message: expect.stringMatching(/^What dev has cannot follow it: it is not BACKWARD compatible: .*amount/),
    },
  ]);
});

test('a level that no document names is taken for BACKWARD, and said so', async () => {
  const [problem] = await warned(schema(avro(id, amount)), patch(avro(id)));
  expect(problem?.message).toContain('No document names a level: it is held to BACKWARD');
});

test.each([
  ['can follow', schema(avro(id, amountWithDefault)), patch(avro(id), ', compatibility: FULL')],
  ['is the same in other words', schema(avro(id)), patch(avro(`{ type: string, name: id }`))],
  ['need not be compatible', schema(avro(id, amount)), patch(avro(id), ', compatibility: NONE')],
])('nothing is said of one that %s', async (_why, base, inProd) => {
  expect(await warned(base, inProd)).toEqual([]);
});

test('nothing is said where the environment comes after none', async () => {
  expect(await warned(schema(avro(id, amount)), patch(avro(id)), '')).toEqual([]);
});

test('what they refer to counts in each environment as it is there', async () => {
  const money = (...fields: string[]) => `{ type: record, name: Money, namespace: shop, fields: [${fields.join(', ')}] }`;
  const refers = schema(avro('{ name: total, type: shop.Money }'), ', references: [{ name: shop.Money, schema: shop.money }]');
  const files = {
    'tenants/shop/a.yaml': [refers, schema(money(amount, id), '', 'shop.money')].join('---\n'),
    'tenants/shop/environments/prod/a.yaml': schema(money(amount), '', 'shop.money').replace('type: AVRO, ', ''),
  };
  const { problems } = await checkTexts({ ...frame(), ...files });
  expect(problems.map(each => [each.code, each.subject?.name])).toEqual([
    ['schema/not-promotable', 'shop.orders-value'],
    ['schema/not-promotable', 'shop.money'],
  ]);
});
