import { describe, expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const at = (address: string, more = '') => `{ ${more}connection: { bootstrapServers: ["${address}"] } }`;
const shared = (cluster: string) => ({
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, prod] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: shared }, prefix: dev. }'),
  'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { eu: shared }, prefix: prod. }'),
  'platform/shared.yaml': yaml('KafkaCluster', 'shared', cluster),
});
const byDev = shared(at('kafka:9092', 'configuredBy: dev, '));
const floor = yaml('Quota', 'floor', '{ entity: { default: [user] }, limits: { producer_byte_rate: 1MiB } }');
const rights = yaml(
  'Acl',
  'ops',
  '{ principal: "User:CN=ops", resource: { type: cluster, name: kafka-cluster }, operations: [DESCRIBE, ALTER] }',
);
const ip = yaml('Quota', 'ip', '{ entity: { ip: 10.0.0.1 }, limits: { connection_creation_rate: 5 } }');

const applied = async (files: Record<string, string>) => {
  const { environments, problems } = await checkTexts(files);
  const resources = Object.fromEntries(environments.map(each => [each.environment, each.resources.map(own => own.remoteName)]));
  return { resources, problems };
};

describe('what carries no prefix belongs to the environment that configures the cluster', () => {
  test('a document that holds everywhere is applied there alone, and the other environment says so', async () => {
    const { resources, problems } = await applied({ ...byDev, 'platform/all.yaml': [floor, rights, ip].join('---\n') });
    expect(resources.dev).toHaveLength(4);
    expect(resources.prod).toEqual([]);
    expect(problems.map(each => [each.code, each.severity, each.environment, each.at?.line]).toSorted()).toEqual([
      ['validate/configured-elsewhere', 'warning', 'prod', 1],
      ['validate/configured-elsewhere', 'warning', 'prod', 11],
      ['validate/configured-elsewhere', 'warning', 'prod', 6],
    ]);
  });

  test('one that holds in the other environment alone would be applied by nobody: a problem', async () => {
    const { resources, problems } = await applied({ ...byDev, 'platform/environments/prod/a.yaml': `$patch: create\n${floor}` });
    expect(resources).toEqual({ dev: [], prod: [] });
    expect(problems).toMatchObject([
      {
        code: 'validate/not-configured-here',
        severity: 'error',
        scope: 'environment',
        environment: 'prod',
        at: { file: 'platform/environments/prod/a.yaml', line: 1, column: 1 },
        message: expect.stringContaining('`dev`'),
      },
    ]);
  });

  test('a patch that makes it different in the other environment is a problem, not a silent nothing', async () => {
    const patch = yaml('Quota', 'floor', '{ limits: { producer_byte_rate: 2MiB } }');
    const { problems } = await applied({ ...byDev, 'platform/a.yaml': floor, 'platform/environments/prod/a.yaml': patch });
    expect(problems.map(each => each.code)).toEqual(['validate/not-configured-here']);
  });

  test('selected for the configuring environment by name, it needs no word elsewhere', async () => {
    const only = floor.replace('name: floor', 'name: floor, environments: [dev]');
    expect((await applied({ ...byDev, 'platform/a.yaml': only })).problems).toEqual([]);
  });

  test("a quota of an account's and a right on a topic carry a prefix and hold in each", async () => {
    const account = yaml('ServiceAccount', 'ops', '{}');
    const quota = yaml('Quota', 'ops', '{ entity: { serviceAccount: ops }, limits: { producer_byte_rate: 1 } }');
    const { resources, problems } = await applied({ ...byDev, 'platform/a.yaml': `${account}---\n${quota}` });
    expect(problems).toEqual([]);
    expect(resources).toEqual({ dev: ['User:dev.ops', 'user=dev.ops'], prod: ['User:prod.ops', 'user=prod.ops'] });
  });

  test('an environment that has its cluster to itself needs no `configuredBy`', async () => {
    const alone = {
      ...shared(at('kafka:9092')),
      'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { eu: own } }'),
      'platform/own.yaml': yaml('KafkaCluster', 'own', at('other:9092')),
      'platform/a.yaml': floor,
    };
    const { resources, problems } = await applied(alone);
    expect(problems).toEqual([]);
    expect(resources).toEqual({ dev: ['user=<default>'], prod: ['user=<default>'] });
  });

  test('where several share a cluster and nothing says whose it is, nobody applies it', async () => {
    const { resources, problems } = await applied({
      ...shared(at('kafka:9092', 'brokerConfig: { default: { log.cleaner.threads: 2 } }, ')),
      'platform/a.yaml': floor,
    });
    expect(resources).toEqual({ dev: [], prod: [] });
    expect(problems.map(each => [each.code, each.at?.file]).toSorted()).toEqual([
      ['validate/unconfigured-cluster', 'platform/a.yaml'],
      ['validate/unconfigured-cluster', 'platform/a.yaml'],
      ['validate/unconfigured-cluster', 'platform/shared.yaml'],
    ]);
  });
});

describe('two KafkaCluster documents are one cluster', () => {
  const twice = (first: string, second: string) => ({
    ...shared(first),
    'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { eu: alias }, prefix: prod. }'),
    'platform/alias.yaml': yaml('KafkaCluster', 'alias', second),
    'platform/a.yaml': floor,
  });
  const id = (name: string) => `clusterId: ${name}, `;
  test.each([
    ['by a bootstrap address in common', at('Kafka:9092', 'configuredBy: dev, '), at('kafka:9092')],
    ['by their id behind different addresses', at('a:9092', `${id('x')}configuredBy: dev, `), at('b:9092', id('x'))],
  ])('%s', async (_how, first, second) => {
    const { resources, problems } = await applied(twice(first, second));
    expect(resources).toEqual({ dev: ['user=<default>'], prod: [] });
    expect(problems.map(each => each.code)).toEqual(['validate/configured-elsewhere']);
  });

  test('not where their ids differ behind one address, as behind a tunnel', async () => {
    const { problems } = await applied(twice(at('localhost:9092', id('x')), at('localhost:9092', id('y'))));
    expect(problems).toEqual([]);
  });

  test('and their environments may not have one prefix', async () => {
    const files = twice(at('kafka:9092', 'configuredBy: dev, '), at('kafka:9092'));
    const { problems } = await applied({
      ...files,
      'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { eu: alias }, prefix: dev. }'),
      'platform/a.yaml': '# gone',
    });
    expect(problems.map(each => each.code)).toEqual(['validate/prefix-overlap', 'validate/prefix-overlap']);
  });

  test('that name two configuring environments, or one that does not use the cluster, are a problem with its place', async () => {
    const two = await applied(twice(at('kafka:9092', 'configuredBy: dev, '), at('kafka:9092', 'configuredBy: prod, ')));
    expect(two.problems.map(each => [each.code, each.at?.file, each.at?.line])).toContainEqual([
      'validate/bad-configured-by',
      'platform/alias.yaml',
      4,
    ]);
    const nobody = await applied({ ...shared(at('kafka:9092', 'configuredBy: tset, ')) });
    expect(nobody.problems.map(each => each.code)).toEqual(['validate/bad-configured-by']);
  });

  test('whose broker configuration stands in the one that the configuring environment does not use: a problem', async () => {
    const second = at('kafka:9092', 'brokerConfig: { default: { log.cleaner.threads: 2 } }, ');
    const { problems } = await applied({
      ...twice(at('kafka:9092', 'configuredBy: dev, '), second),
      'platform/a.yaml': '# gone',
    });
    expect(problems).toMatchObject([{ code: 'validate/unconfigured-cluster', at: { file: 'platform/alias.yaml' } }]);
  });
});
