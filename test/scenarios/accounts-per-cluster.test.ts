import { describe, expect, test } from 'vitest';
import { checkTexts, yaml } from '../offline.ts';

const files = (texts: Record<string, string>) => ({
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
  'platform/all.yaml': [
    yaml('Environment', 'dev', '{ clusters: { main: m, far: f }, default: main, prefix: d. }'),
    yaml('KafkaCluster', 'm', '{ connection: { bootstrapServers: ["m:9092"] } }'),
    yaml('KafkaCluster', 'f', '{ connection: { bootstrapServers: ["f:9092"] } }'),
    yaml('Tenant', 't', '{ principals: ["User:CN=t-*"] }'),
  ].join('---\n'),
  ...texts,
});
const checked = async (texts: Record<string, string>) => {
  const { environments, problems } = await checkTexts(files(texts));
  const of = (kind: string) =>
    (environments[0]?.resources ?? []).filter(each => each.kind === kind).map(each => `${each.cluster} ${each.remoteName}`);
  return { problems: problems.map(each => `${each.code} ${each.message}`), of };
};

describe('an account that is called otherwise on another cluster has its rights there under that name', () => {
  const accounts = {
    'tenants/t/a.yaml': yaml('ServiceAccount', 't.app', '{ principal: "User:t.near" }', 'clusters: [main, far]'),
    'tenants/t/environments/dev/a.yaml': yaml('ServiceAccount', 't.app', '{ principal: "User:t.there" }', 'clusters: [far]'),
  };
  test('by Access', async () => {
    const { problems, of } = await checked({
      ...accounts,
      'tenants/t/b.yaml': [
        yaml('Topic', 't.x', '{ partitions: 1, replicationFactor: 1 }', 'clusters: [main, far]'),
        yaml('Access', 'writes', '{ serviceAccount: t.app, as: producer, topics: [t.x] }', 'clusters: [main, far]'),
      ].join('---\n'),
    });
    expect(problems).toEqual([]);
    expect(of('Acl')).toEqual([
      'main User:d.t.near|topic|literal|d.t.x|WRITE|ALLOW|*',
      'far User:d.t.there|topic|literal|d.t.x|WRITE|ALLOW|*',
    ]);
  });
  test('by Acl', async () => {
    const { problems, of } = await checked({
      ...accounts,
      'tenants/t/b.yaml': yaml(
        'Acl',
        'reads',
        '{ serviceAccount: t.app, resource: { type: topic, name: t.x }, operations: [READ] }',
        'clusters: [main, far]',
      ),
    });
    expect(problems).toEqual([]);
    expect(of('Acl')).toEqual([
      'main User:d.t.near|topic|literal|d.t.x|READ|ALLOW|*',
      'far User:d.t.there|topic|literal|d.t.x|READ|ALLOW|*',
    ]);
  });
});

test('a principal of the platform is nobody’s account because another cluster has one of that name', async () => {
  const { of } = await checked({
    'tenants/t/a.yaml': yaml('ServiceAccount', 't.app', '{}', 'clusters: [main]'),
    'platform/r.yaml': yaml(
      'Acl',
      'reads',
      '{ principal: "User:t.app", resource: { type: topic, name: x }, operations: [READ] }',
      'clusters: [far]',
    ),
  });
  expect(of('Acl')).toEqual(['far User:t.app|topic|literal|d.x|READ|ALLOW|*']);
});

test.each([
  ['Access', '{ serviceAccount: t.app, as: producer, topics: [t.x] }'],
  ['Acl', '{ serviceAccount: t.app, resource: { type: topic, name: t.x }, operations: [READ] }'],
  ['Quota', '{ entity: { serviceAccount: t.app }, limits: { producer_byte_rate: 1MiB } }'],
])('%s for an account that is on another cluster alone is a missing reference', async (kind, spec) => {
  const { problems, of } = await checked({
    'tenants/t/a.yaml': yaml('ServiceAccount', 't.app', '{}', 'clusters: [main]'),
    'tenants/t/b.yaml': [
      yaml('Topic', 't.x', '{ partitions: 1, replicationFactor: 1 }', 'clusters: [far]'),
      yaml(kind, 'one', spec, 'clusters: [far]'),
    ].join('---\n'),
  });
  expect(problems.map(each => each.split(' ')[0])).toEqual(['validate/missing-reference']);
  expect([of('Acl'), of('Quota')]).toEqual([[], kind === 'Quota' ? of('Quota') : []]);
});

describe('a limit on an account is on the principal that brokers see', () => {
  const limit = (account: string, name = 'q') =>
    yaml('Quota', name, `{ entity: { serviceAccount: ${account} }, limits: { producer_byte_rate: 1MiB } }`);
  const gate = yaml('ServiceAccount', 't.gate', '{ principal: "User:CN=t-gate,O=x", authentication: { type: tls } }');

  test('of a certificate as of a user with another name than its document, by the tenant itself', async () => {
    const { problems, of } = await checked({
      'tenants/t/a.yaml': [
        gate,
        limit('t.gate'),
        yaml('ServiceAccount', 't.app', '{ principal: "User:t.other" }'),
        limit('t.app', 'r'),
      ].join('---\n'),
    });
    expect(problems).toEqual([]);
    expect(of('Quota')).toEqual(['main user=CN%3Dt-gate%2CO%3Dx', 'main user=d.t.other']);
  });
  test('and two documents for one of them are a problem', async () => {
    const twice = await checked({
      'tenants/t/a.yaml': [gate, limit('t.gate')].join('---\n'),
      'platform/q.yaml': yaml('Quota', 'p', '{ entity: { user: "CN=t-gate,O=x" }, limits: { producer_byte_rate: 2MiB } }'),
    });
    expect(twice.problems.map(each => each.split(' ')[0])).toEqual(['validate/duplicate-remote']);
  });
  test('and no tenant limits an account of another', async () => {
    const other = await checked({
      'platform/u.yaml': yaml('Tenant', 'u', '{}'),
      'tenants/t/a.yaml': gate,
      'tenants/u/q.yaml': limit('t/t.gate'),
    });
    expect(other.problems.map(each => each.split(' ')[0])).toEqual(['quota/not-your-account']);
  });
});
