import { expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [prod] }'),
  'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: eu } }'),
  'platform/eu.yaml': yaml('KafkaCluster', 'eu', '{ connection: { bootstrapServers: ["eu:9092"] } }'),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
};
/** `code file:line:column` of every problem. */
const problemsOf = async (files: Record<string, string>) =>
  (await checkTexts({ ...frame, ...files })).problems.map(({ code, at }) => `${code} ${at?.file}:${at?.line}:${at?.column}`);

test('a second Landscape document is a problem, also under another name', async () => {
  const files = { 'platform/other.yaml': yaml('Landscape', 'other', '{ environments: [dev] }') };
  expect(await problemsOf(files)).toEqual(['load/duplicate-document platform/other.yaml:1:1']);
});

test('an environment that stands twice in the landscape is a problem', async () => {
  const files = { 'kaas.yaml': yaml('Landscape', 'l', '{ environments: [prod, prod] }') };
  expect(await problemsOf(files)).toContain('validate/shape kaas.yaml:4:9');
});

test('defaults for what takes none are a problem, in the landscape and in an environment', async () => {
  const files = {
    'kaas.yaml': yaml('Landscape', 'l', '{ environments: [prod], defaults: { topics: { partitions: 3 } } }'),
    'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: eu }, defaults: { quota: {} } }'),
  };
  expect(await problemsOf(files)).toEqual([
    'validate/unknown-field platform/prod.yaml:4:45',
    'validate/unknown-field kaas.yaml:4:43',
  ]);
});

test('an environment that comes after one that is not there is a problem', async () => {
  const files = { 'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: eu }, after: stage }') };
  expect(await problemsOf(files)).toEqual(['load/unknown-environment platform/prod.yaml:4:33']);
});

test('two names for one cluster in an environment are a problem, by name as by address', async () => {
  const same = { 'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: eu, us: eu }, default: main }') };
  expect(await problemsOf(same)).toEqual(['validate/one-cluster-twice platform/prod.yaml:4:31']);
  const address = {
    'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: eu, us: us }, default: main }'),
    'platform/us.yaml': yaml('KafkaCluster', 'us', '{ connection: { bootstrapServers: ["EU:9092"] } }'),
  };
  expect(await problemsOf(address)).toEqual(['validate/one-cluster-twice platform/prod.yaml:4:31']);
});

test('what lives on no cluster cannot select one, and nothing is selected twice', async () => {
  const grant = yaml('Grant', 'g', '{ to: shop, as: consumer, topics: ["shop.*"] }', 'clusters: [main]');
  expect(await problemsOf({ 'tenants/shop/a.yaml': grant })).toEqual(['load/wrong-place tenants/shop/a.yaml:3:22']);
  const topic = yaml('Topic', 'shop.a', '{}', 'clusters: [main, main]');
  expect(await problemsOf({ 'tenants/shop/a.yaml': topic })).toEqual(['load/bad-metadata tenants/shop/a.yaml:3:27']);
});

test('a name that is a number is one problem', async () => {
  expect(await problemsOf({ 'tenants/shop/a.yaml': yaml('Topic', '2026', '{}') })).toEqual([
    'load/bad-metadata tenants/shop/a.yaml:3:13',
  ]);
});

test('an environment that is not there names the nearest that is', async () => {
  const files = { 'tenants/shop/a.yaml': yaml('Topic', 'shop.a', '{}', 'environments: [prd]') };
  expect((await checkTexts({ ...frame, ...files })).problems).toMatchObject([
    { code: 'load/unknown-environment', hint: 'Did you mean `prod`?' },
  ]);
});
