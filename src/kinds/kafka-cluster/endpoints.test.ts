import { expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const found = async (url: string) => {
  const connection = `{ bootstrapServers: ["a:9092"], schemaRegistry: { url: "${url}" }, connect: { main: { url: "${url}" } } }`;
  const { problems } = await checkTexts({
    'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
    'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: main } }'),
    'platform/main.yaml': yaml('KafkaCluster', 'main', `{ connection: ${connection} }`),
  });
  return problems;
};

test.each(['https://registry', 'HTTP://Registry:80/api/', 'http://[::1]:8081', 'https://r.example/contexts/.dev.'])(
  'an address of what stands beside a cluster is %s',
  async url => expect(await found(url)).toEqual([]),
);

test.each([
  'registry:8081',
  'ftp://registry',
  'http://',
  'http://joe:hunter2-canary@registry:8081',
  'https://joe@registry/a',
  'https://registry/a?token=hunter2-canary',
  'https://registry/#hunter2-canary',
  'http://reg istry',
])('what is no address, or has a login in it, is refused and not repeated: %s', async url => {
  const problems = await found(url);
  // What is a secret by its shape is said as well, where it was read.
  const refused = problems.filter(each => each.code !== 'load/secret-in-clear');
  expect(refused.map(each => [each.code, each.at?.file])).toEqual([
    ['validate/shape', 'platform/main.yaml'],
    ['validate/shape', 'platform/main.yaml'],
  ]);
  expect(JSON.stringify(problems)).not.toContain('canary');
});
