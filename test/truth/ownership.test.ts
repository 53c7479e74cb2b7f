import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kafkaTool } from '../kafka-tools.ts';
import { manifest, type OutcomePlan, type TestLandscape, testLandscape } from '../landscape.ts';

const slow = 180_000;
const brief = (plan: OutcomePlan) =>
  plan.changes.map(change => [change.action, change.kind, change.outcome?.state ?? change.state]).toSorted();
const appliedAs = async (landscape: TestLandscape, environment: string): Promise<OutcomePlan> =>
  JSON.parse((await landscape.kaas('apply', environment, '--yes', '-o', 'json')).stdout);

const rights =
  manifest('Topic', 'shop.orders', {}) +
  manifest('ServiceAccount', 'shop.a', {}) +
  manifest('Access', 'a-writes', { serviceAccount: 'shop.a', as: 'producer', topics: ['shop.orders'] });

test(
  'an environment under a new name takes over what it owned: nothing stood there before, and a right that goes is revoked',
  async () => {
    const landscape = testLandscape();
    landscape.write('tenants/shop/all.yaml', rights);
    await landscape.apply();
    landscape.remove('platform/environments/dev.yaml');
    landscape.write(
      'platform/environments/stage.yaml',
      manifest('Environment', 'stage', { clusters: { main: 'main' }, prefix: landscape.prefix }),
    );
    const name = `test-${landscape.prefix.slice(0, -1)}`;
    const defaults = { topic: { partitions: 1, replicationFactor: 1 } };
    landscape.write('kaas.yaml', manifest('Landscape', name, { environments: ['stage'], defaults }));
    const moved = await appliedAs(landscape, 'stage');
    expect(brief(moved)).toEqual([
      ['move', 'Acl', 'applied'],
      ['move', 'Topic', 'applied'],
      ['update', 'ServiceAccount', 'applied'],
    ]);
    expect(moved.changes.every(change => !change.preexisting && change.movedFrom?.environment === 'dev')).toBe(true);
    expect(await appliedAs(landscape, 'stage')).toMatchObject({ changes: [] });
    landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.orders', {}));
    expect(brief(await appliedAs(landscape, 'stage'))).toEqual([
      ['delete', 'Acl', 'applied'],
      ['delete', 'ServiceAccount', 'applied'],
    ]);
    expect(await kafkaTool('acls', '--list')).not.toContain(landscape.prefix);
  },
  slow,
);

test(
  'a cluster under a new name in its environment is still ours',
  async () => {
    const landscape = testLandscape();
    landscape.write('tenants/shop/all.yaml', rights);
    await landscape.apply();
    landscape.write(
      'platform/environments/dev.yaml',
      manifest('Environment', 'dev', { clusters: { eu: 'main' }, prefix: landscape.prefix }),
    );
    expect(brief(await landscape.apply())).toEqual([
      ['move', 'Acl', 'applied'],
      ['move', 'Topic', 'applied'],
      ['update', 'ServiceAccount', 'applied'],
    ]);
    landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.orders', {}));
    expect(brief(await landscape.apply())).toEqual([
      ['delete', 'Acl', 'applied'],
      ['delete', 'ServiceAccount', 'applied'],
    ]);
  },
  slow,
);

test(
  'a quota and a group of which only keys of others are left are forgotten without a write',
  async () => {
    const landscape = testLandscape({ environment: { prune: { data: true } } });
    const user = ['--entity-type', 'users', '--entity-name', `${landscape.prefix}shop.a`];
    const group = ['--entity-type', 'groups', '--entity-name', `${landscape.prefix}shop.g`];
    const account = manifest('ServiceAccount', 'shop.a', {});
    landscape.write(
      'tenants/shop/all.yaml',
      account +
        manifest('Quota', 'q', { entity: { serviceAccount: 'shop.a' }, limits: { producer_byte_rate: '1MiB' } }) +
        manifest('ConsumerGroup', 'shop.g', { config: { 'consumer.session.timeout.ms': '50s' } }),
    );
    await landscape.apply();
    await kafkaTool('configs', '--alter', ...user, '--add-config', 'consumer_byte_rate=1000');
    await kafkaTool('configs', '--alter', ...user, '--delete-config', 'producer_byte_rate');
    await kafkaTool('configs', '--alter', ...group, '--add-config', 'share.session.timeout.ms=50000');
    await kafkaTool('configs', '--alter', ...group, '--delete-config', 'consumer.session.timeout.ms');
    landscape.write('tenants/shop/all.yaml', account);
    const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect(brief(JSON.parse(run.stdout))).toEqual([
      ['forget', 'ConsumerGroup', 'applied'],
      ['forget', 'Quota', 'applied'],
    ]);
    expect(run.requests.writes).toBe(0);
    expect(await kafkaTool('configs', '--describe', ...user)).toContain('consumer_byte_rate=1000');
    expect(await kafkaTool('configs', '--describe', ...group)).toContain('share.session.timeout.ms=50000');
  },
  slow,
);

test(
  'two accounts cannot keep their passwords under one key',
  async () => {
    const landscape = testLandscape();
    const credentials = { deliverTo: { store: 'local', key: 'shop/one' } };
    landscape.write(
      'tenants/shop/all.yaml',
      manifest('ServiceAccount', 'shop.a', { credentials }) + manifest('ServiceAccount', 'shop.b', { credentials }),
    );
    const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect([run.code, run.requests.writes]).toEqual([1, 0]);
    expect(run.stdout).toContain('service-account/shared-key');
  },
  slow,
);

test(
  'of a quota that two environments share, each takes away its own keys; what the other one set is no stranger',
  async () => {
    const landscape = testLandscape({ landscape: { environments: ['dev', 'prod'] } });
    const prod = { clusters: { main: 'main' }, prefix: `p${landscape.prefix}` };
    landscape.write('platform/environments/prod.yaml', manifest('Environment', 'prod', prod));
    const user = `CN=${landscape.prefix}x`;
    const limit = (environment: string, limits: object) =>
      landscape.write(
        `platform/environments/${environment}/quota.yaml`,
        manifest('Quota', 'q', { entity: { user }, limits }).replace('"kind"', '"$patch":"create","kind"'),
      );
    const described = () => kafkaTool('configs', '--describe', '--entity-type', 'users', '--entity-name', user);
    limit('dev', { producer_byte_rate: 1000, request_percentage: 50 });
    limit('prod', { producer_byte_rate: 1000, consumer_byte_rate: 2000 });
    await landscape.apply();
    await appliedAs(landscape, 'prod');
    limit('dev', { request_percentage: 50 });
    await landscape.apply();
    expect(await described()).toMatch(/consumer_byte_rate=2000.*producer_byte_rate=1000/);
    landscape.remove('platform/environments/dev/quota.yaml');
    expect(await landscape.apply()).toMatchObject({ changes: [{ action: 'delete', outcome: { state: 'applied' } }] });
    expect(await described()).not.toContain('request_percentage');
    expect(await described()).toMatch(/consumer_byte_rate=2000.*producer_byte_rate=1000/);
    landscape.remove('platform/environments/prod/quota.yaml');
    expect((await appliedAs(landscape, 'prod')).changes).toMatchObject([{ action: 'delete', reasons: [] }]);
    expect(await described()).not.toContain('byte_rate');
  },
  slow,
);

test(
  'an account that is a SCRAM user no more loses its credential on the broker and its secret in the store',
  async () => {
    const landscape = testLandscape();
    const principal = `User:${landscape.prefix}gateway`;
    const users = () => kafkaTool('configs', '--describe', '--entity-type', 'users');
    const secrets = () => statSync(join(landscape.directory, '.kaas/secrets.age')).size;
    landscape.write('platform/all.yaml', manifest('ServiceAccount', 'other', {}));
    await landscape.apply();
    const before = secrets();
    const other = manifest('ServiceAccount', 'other', {});
    landscape.write('platform/all.yaml', other + manifest('ServiceAccount', 'gateway', {}));
    await landscape.apply();
    expect(await users()).toContain(`'${landscape.prefix}gateway'`);
    const external = { principal, authentication: { type: 'external' } };
    landscape.write('platform/all.yaml', other + manifest('ServiceAccount', 'gateway', external));
    expect(await landscape.apply()).toMatchObject({ code: 0, changes: [{ action: 'update', outcome: { state: 'applied' } }] });
    expect(await users()).not.toContain(`'${landscape.prefix}gateway'`);
    expect(secrets()).toBe(before);
    expect(await landscape.apply()).toMatchObject({ changes: [] });
  },
  slow,
);
