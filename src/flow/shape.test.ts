import { expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [prod] }'),
  'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: eu } }'),
  'platform/eu.yaml': yaml('KafkaCluster', 'eu', '{ connection: local }'),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
};
const problemsOf = async (kind: string, spec: string) =>
  (await checkTexts({ ...frame, 'tenants/shop/a.yaml': yaml(kind, 'shop.a', spec) })).problems;

test.each([
  ['Topic', '{ partition: 3 }', 'partitions'],
  ['ServiceAccount', '{ credentials: { deliverTo: { store: local, kee: x } } }', 'key'],
  ['Acl', '{ principal: "User:x", resource: { typ: topic, name: shop.a, type: topic }, operations: [READ] }', 'type'],
])('an unknown field of a %s names the nearest that there is: %s', async (kind, spec, near) => {
  expect(await problemsOf(kind, spec)).toContainEqual(
    expect.objectContaining({ code: 'validate/unknown-field', hint: `Did you mean \`${near}\`?` }),
  );
});

test('an unknown field that is near to none lists those that there are', async () => {
  const [problem] = await problemsOf('Topic', '{ retentionHours: 3 }');
  expect(problem?.hint).toMatch(/^Fields here: name, partitions, .*lifecycle\.$/);
});

test('a field that takes several types says which', async () => {
  const problems = await problemsOf('Topic', '{ config: { cleanup.policy: [compact, delete] } }');
  expect(problems).toMatchObject([
    {
      code: 'validate/shape',
      message: '`spec.config.cleanup.policy` takes one of: a text, a number, true or false.',
      at: { line: 4, column: 19 },
    },
  ]);
});
