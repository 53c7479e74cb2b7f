import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kafkaTool } from '../kafka-tools.ts';
import { manifest, testLandscape } from '../landscape.ts';

test('two environments live on one cluster by prefix, a patch holds in one of them alone, and neither sees the other', async () => {
  const landscape = testLandscape({ landscape: { environments: ['dev', 'prod'] } });
  const production = `p${landscape.prefix}`;
  landscape.write(
    'platform/environments/prod.yaml',
    manifest('Environment', 'prod', { clusters: { main: 'main' }, prefix: production, after: 'dev', prune: { data: true } }),
  );
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { partitions: 1 }));
  landscape.write('tenants/shop/environments/prod/orders.yaml', manifest('Topic', 'shop.orders', { partitions: 3 }));
  await landscape.apply();
  const prod = await landscape.kaas('apply', 'prod', '--yes', '-o', 'json');
  expect(prod.code).toBe(0);
  expect(await kafkaTool('topics', '--describe', '--topic', `${landscape.prefix}shop.orders`)).toContain('PartitionCount: 1');
  expect(await kafkaTool('topics', '--describe', '--topic', `${production}shop.orders`)).toContain('PartitionCount: 3');
  expect((await landscape.plan()).changes).toEqual([]);
  landscape.remove('tenants/shop/environments/prod/orders.yaml');
  landscape.remove('tenants/shop/orders.yaml');
  const gone = await landscape.kaas('apply', 'prod', '--yes', '-o', 'json');
  expect(JSON.parse(gone.stdout).changes).toMatchObject([
    { action: 'delete', remoteName: `${production}shop.orders`, outcome: { state: 'applied' } },
  ]);
  expect(await kafkaTool('topics', '--list')).toContain(`${landscape.prefix}shop.orders`);
});

test('what carries no prefix is applied once, by the environment that configures the cluster, and survives the other one', async () => {
  const landscape = testLandscape({ landscape: { environments: ['dev', 'prod'] }, cluster: { configuredBy: 'dev' } });
  landscape.write(
    'platform/environments/prod.yaml',
    manifest('Environment', 'prod', { clusters: { eu: 'main' }, prefix: `p${landscape.prefix}` }),
  );
  const ip = `10.9.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`;
  const principal = `User:CN=${landscape.prefix}ops`;
  landscape.write(
    'platform/all.yaml',
    manifest('Quota', 'address', { entity: { ip }, limits: { connection_creation_rate: 50 } }) +
      manifest('Acl', 'ops', { principal, resource: { type: 'cluster', name: 'kafka-cluster' }, operations: ['DESCRIBE'] }),
  );
  const prod = await landscape.kaas('apply', 'prod', '--yes', '-o', 'json');
  expect(prod.code).toBe(0);
  expect(prod.requests.writes).toBe(0);
  expect(JSON.parse(prod.stdout)).toMatchObject({
    changes: [],
    problems: [{ code: 'validate/configured-elsewhere' }, { code: 'validate/configured-elsewhere' }],
  });
  const dev = await landscape.apply();
  expect(dev.changes.map(change => [change.kind, change.outcome?.state])).toEqual([
    ['Acl', 'applied'],
    ['Quota', 'applied'],
  ]);
  expect(await kafkaTool('acls', '--list', '--principal', principal)).toContain('operation=DESCRIBE');
  expect(JSON.parse((await landscape.kaas('plan', 'prod', '-o', 'json')).stdout).changes).toEqual([]);
  landscape.remove('platform/all.yaml');
  await landscape.apply();
  expect(await kafkaTool('acls', '--list', '--principal', principal)).not.toContain('operation=DESCRIBE');
});

test('one cluster of several down is said by name, the other is applied with --partial, and the exit code is not 0', async () => {
  const landscape = testLandscape({ environment: { clusters: { main: 'main', gone: 'gone' }, default: 'main' } });
  landscape.write(
    'platform/clusters/gone.yaml',
    manifest('KafkaCluster', 'gone', { connection: { bootstrapServers: ['127.0.0.1:1'] } }),
  );
  landscape.write(
    'tenants/shop/orders.yaml',
    manifest('Topic', 'shop.orders', {}) + manifest('Topic', 'shop.far', {}, { clusters: ['gone'] }),
  );
  const refused = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect(refused.code).toBe(1);
  expect(refused.requests.writes).toBe(0);
  const partial = await landscape.apply('--partial');
  expect(partial.code).not.toBe(0);
  expect(partial.problems).toMatchObject([{ code: 'plan/unreachable' }]);
  expect(partial.changes).toMatchObject([{ name: 'shop.orders', outcome: { state: 'applied' } }]);
});

test('another cluster behind the same address stops everything', async () => {
  const landscape = testLandscape({ cluster: { clusterId: 'AAAAAAAAAAAAAAAAAAAAAA' } });
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', {}));
  const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect(run.code).toBe(1);
  expect(run.stdout).toContain('plan/another-cluster');
  expect(run.requests.writes).toBe(0);
});

test('two names of an environment for one cluster are a problem: by document, by address, and by the id that answers', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', {}, { clusters: ['main', 'eu'] }));
  const named = (document: string) =>
    landscape.write(
      'platform/environments/dev.yaml',
      manifest('Environment', 'dev', { clusters: { main: 'main', eu: document }, default: 'main', prefix: landscape.prefix }),
    );
  const twin = (addresses: readonly string[]) => {
    const { spec } = JSON.parse(readFileSync(join(landscape.directory, 'platform/clusters/main.yaml'), 'utf8'));
    const connection = { ...spec.connection, bootstrapServers: addresses };
    landscape.write('platform/clusters/twin.yaml', manifest('KafkaCluster', 'twin', { connection }));
  };
  const addresses = (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(',');
  named('main');
  const at = { file: 'platform/environments/dev.yaml', line: 2 };
  expect(JSON.parse((await landscape.kaas('validate', '-o', 'json')).stdout).problems).toMatchObject([
    { code: 'validate/one-cluster-twice', message: '`main` and `eu` are one cluster (main).', at },
  ]);
  named('twin');
  twin(addresses.slice(0, 1));
  expect(JSON.parse((await landscape.kaas('validate', '-o', 'json')).stdout).problems).toMatchObject([
    { code: 'validate/one-cluster-twice', message: '`main` and `eu` are one cluster (main, twin).', at },
  ]);
  twin(addresses.map(address => address.replace('127.0.0.1', 'localhost')));
  const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect([run.code, run.requests.writes]).toEqual([1, 0]);
  expect(JSON.parse(run.stdout).problems).toMatchObject([{ code: 'plan/one-cluster-twice' }]);
});
