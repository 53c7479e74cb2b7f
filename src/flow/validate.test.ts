import { expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, prod] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: eu }, prefix: dev. }'),
  'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: eu, us: us }, default: main }'),
  'platform/eu.yaml': yaml('KafkaCluster', 'eu', '{ configuredBy: prod, connection: local }'),
  'platform/us.yaml': yaml('KafkaCluster', 'us', '{ connection: local }'),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{ owns: { accounts: [shop.*, dev.*] } }'),
};
const prod = ', environments: [prod]';
const checked = (files: Record<string, string>) => checkTexts({ ...frame, ...files }, ['prod']);

test("an account whose user begins with a sibling's longer prefix would be that environment's: a problem", async () => {
  const files = { 'tenants/shop/a.yaml': yaml('ServiceAccount', 'dev.shop', '{}', 'environments: [prod]') };
  expect((await checked(files)).problems.map(each => each.code)).toEqual(['validate/prefix-overlap']);
});

test('topics that differ in . and _ collide on one cluster only', async () => {
  const on = (cluster: string) => ({
    'tenants/shop/a.yaml': yaml('Topic', 'shop.a.b', '{}', `clusters: [main]${prod}`),
    'tenants/shop/b.yaml': yaml('Topic', 'shop.a_b', '{}', `clusters: [${cluster}]${prod}`),
  });
  expect((await checked(on('main'))).problems.map(each => each.code)).toEqual(['topic/name-collision']);
  expect((await checked(on('us'))).problems).toEqual([]);
});

test('an access gives rights on the name that its topic has on each cluster', async () => {
  const both = `clusters: [main, us]${prod}`;
  const { environments, problems } = await checked({
    'tenants/shop/a.yaml': yaml('Topic', 'shop.a', '{}', both),
    'tenants/shop/b.yaml': yaml('ServiceAccount', 'shop.b', '{}', both),
    'tenants/shop/c.yaml': yaml('Access', 'c', '{ serviceAccount: shop.b, as: producer, topics: [shop.a] }', both),
    'tenants/shop/environments/prod/a.yaml': yaml('Topic', 'shop.a', '{ name: shop.other }', 'clusters: [us]'),
  });
  const rights = environments[0]?.resources.filter(each => each.kind === 'Acl').map(each => `${each.cluster} ${each.remoteName}`);
  expect([rights, problems]).toEqual([
    ['main User:shop.b|topic|literal|shop.a|WRITE|ALLOW|*', 'us User:shop.b|topic|literal|shop.other|WRITE|ALLOW|*'],
    [],
  ]);
});
