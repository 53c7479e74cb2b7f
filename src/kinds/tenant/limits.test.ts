import { expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const landscape = (limits: string, topics: Record<string, string>, more: Record<string, string> = {}) => ({
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: main }, defaults: { topic: { partitions: 2 } } }'),
  'platform/main.yaml': yaml('KafkaCluster', 'main', '{ connection: local }'),
  'platform/shop.yaml': `apiVersion: kaas.dev/v1\nkind: Tenant\nmetadata: { name: shop }\nspec:\n  limits:\n    ${limits}\n`,
  'tenants/shop/topics.yaml': Object.entries(topics)
    .map(([name, spec]) => yaml('Topic', name, spec))
    .join('---\n'),
  ...more,
});
const problemsOf = async (...args: Parameters<typeof landscape>) => (await checkTexts(landscape(...args))).problems;

test.each([
  ['topics', 'topics: 1', 'shop declares 2 topics in dev; its limit is 1 topics.'],
  ['partitions, defaults included', 'partitions: 4', 'shop declares 5 partitions in dev; its limit is 4 partitions.'],
  [
    'storage: bytes of a partition times partitions, whatever the replication',
    'storage: 8.5GiB',
    'shop declares 9 GiB of storage in dev; its limit is 8.5 GiB of storage.',
  ],
])('more than the limit is a problem of the tenant that names sum and limit: %s', async (_what, limits, message) => {
  const topics = {
    'shop.a': '{ replicationFactor: 3, config: { retention.bytes: 3GiB } }',
    'shop.b': '{ partitions: 3, config: { retention.bytes: 1073741824 } }',
  };
  expect(await problemsOf(limits, topics)).toMatchObject([
    {
      code: 'tenant/limit-exceeded',
      severity: 'error',
      scope: 'tenant',
      tenant: 'shop',
      environment: 'dev',
      message,
      at: { file: 'platform/shop.yaml', line: 6, column: 5 },
    },
  ]);
});

test('exactly the limit is no problem', async () => {
  const topics = { 'shop.a': '{ config: { retention.bytes: 1GiB } }' };
  expect(await problemsOf('{ topics: 1, partitions: 2, storage: 2GiB }', topics)).toEqual([]);
});

test('a topic that nothing bounds is not counted as storage, and the plan says which', async () => {
  const topics = {
    'shop.forever': '{ config: { retention.bytes: -1 } }',
    'shop.compacted': '{ config: { cleanup.policy: compact, retention.bytes: 1GiB } }',
    'shop.timed': '{ config: { retention.ms: 7d } }',
    'shop.both': '{ config: { cleanup.policy: "compact,delete", retention.bytes: 1GiB } }',
  };
  expect(await problemsOf('storage: 2GiB', topics)).toMatchObject([
    {
      code: 'tenant/unbounded-storage',
      severity: 'warning',
      message: 'Nothing bounds the bytes of `shop.forever`, `shop.compacted`, `shop.timed` in dev: they are not counted.',
    },
  ]);
});

test('limits hold per environment, and what a patch adds counts where it holds', async () => {
  const problems = await problemsOf(
    'partitions: 4',
    { 'shop.a': '{}' },
    {
      'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, prod] }'),
      'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: main }, prefix: prod. }'),
      'tenants/shop/environments/prod/a.yaml': yaml('Topic', 'shop.a', '{ partitions: 5 }'),
    },
  );
  expect(problems.map(each => [each.code, each.environment])).toEqual([['tenant/limit-exceeded', 'prod']]);
});

const bounded = { 'shop.a': '{ config: { retention.bytes: 1KiB } }' };

test('a limit that is no size is a problem', async () => {
  expect((await problemsOf('storage: plenty', bounded)).map(each => each.code)).toEqual(['tenant/bad-size']);
});

test('a limit of storage may be a number of bytes', async () => {
  expect(await problemsOf('storage: 2147483648', bounded)).toEqual([]);
});
