import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLocalSecrets } from '#targets/secrets/open-local-secrets.ts';
import { kafkaTool } from '../kafka-tools.ts';
import { manifest, type OutcomePlan, type TestLandscape, testLandscape } from '../landscape.ts';

const slow = 180_000;
const encoded = (user: string): string => user.replace('=', '%3D');
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
  'one key for the password of an account in two environments is refused with its place, and a variable of the environment mends it',
  async () => {
    const landscape = testLandscape({
      landscape: { environments: ['dev', 'prod'] },
      environment: { variables: { stage: 'dev' } },
    });
    const prod = { clusters: { main: 'main' }, prefix: `p${landscape.prefix}`, variables: { stage: 'prod' } };
    landscape.write('platform/environments/prod.yaml', manifest('Environment', 'prod', prod));
    const account = (key?: string) =>
      landscape.write(
        'tenants/shop/all.yaml',
        manifest('ServiceAccount', 'shop.a', {
          credentials: { deliverTo: { store: 'local', ...(key === undefined ? {} : { key }) } },
        }),
      );
    account('shop/one');
    const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect([run.code, run.requests.writes]).toEqual([1, 0]);
    expect(JSON.parse(run.stdout).problems).toMatchObject([
      {
        code: 'service-account/shared-key',
        message: expect.stringContaining(`User:p${landscape.prefix}shop.a in prod`),
        hint: expect.stringContaining('environments/<env>/'),
        at: { file: 'tenants/shop/all.yaml', line: 2, column: expect.any(Number) },
        subject: { name: 'shop.a' },
      },
    ]);
    for (const key of ['shop/${var.stage}/one', undefined]) {
      account(key);
      expect(await landscape.plan()).toMatchObject({ problems: [], changes: [{ action: 'create' }] });
    }
    account('shop/one');
    landscape.write(
      'tenants/shop/environments/prod/all.yaml',
      manifest('ServiceAccount', 'shop.a', { credentials: { deliverTo: { key: 'shop/two' } } }),
    );
    expect(await landscape.plan()).toMatchObject({ problems: [], changes: [{ action: 'create' }] });
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

const described = (user: string) => kafkaTool('configs', '--describe', '--entity-type', 'users', '--entity-name', user);
/** Where passwords are kept; the mechanism beside each is no secret. */
const secretsOf = async (landscape: TestLandscape) =>
  (await openLocalSecrets({ directory: join(landscape.directory, '.kaas') }).keys()).filter(key => !key.endsWith('.mechanism'));

test(
  'a quota for another user takes the limit that we set off the old one, and leaves the limits of others',
  async () => {
    const landscape = testLandscape();
    const [old, renamed] = [`CN=${landscape.prefix}a`, `CN=${landscape.prefix}b`];
    const limit = (user: string) => manifest('Quota', 'q', { entity: { user }, limits: { producer_byte_rate: 1000 } });
    landscape.write('platform/all.yaml', limit(old));
    await landscape.apply();
    const foreign = ['--entity-type', 'users', '--entity-name', old, '--add-config', 'consumer_byte_rate=2000'];
    await kafkaTool('configs', '--alter', ...foreign);
    landscape.write('platform/all.yaml', limit(renamed));
    const planned = await landscape.plan();
    expect(planned.changes).toMatchObject([
      {
        action: 'delete',
        remoteName: `user=${encoded(old)}`,
        fields: [{ path: 'limits.producer_byte_rate', from: 1000, to: null }],
      },
      { action: 'create', remoteName: `user=${encoded(renamed)}` },
    ]);
    expect(brief(await landscape.apply())).toEqual([
      ['create', 'Quota', 'applied'],
      ['delete', 'Quota', 'applied'],
    ]);
    expect(await described(old)).toMatch(/consumer_byte_rate=2000/);
    expect(await described(old)).not.toContain('producer_byte_rate');
    expect(await described(renamed)).toContain('producer_byte_rate=1000');
    const again = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect([JSON.parse(again.stdout).changes, again.requests.writes]).toEqual([[], 0]);
  },
  slow,
);

test(
  'an account under another principal is another user: the old one loses its login, its rights, its limits and its secret',
  async () => {
    const landscape = testLandscape();
    const account = (principal: string, credentials = {}) =>
      rights.replace(
        manifest('ServiceAccount', 'shop.a', {}),
        manifest('ServiceAccount', 'shop.a', { principal: `User:${principal}`, ...credentials }),
      );
    landscape.write('tenants/shop/all.yaml', account('shop.old'));
    await landscape.apply();
    landscape.write('tenants/shop/all.yaml', account('shop.new'));
    expect(brief(await landscape.apply()).filter(([, kind]) => kind === 'ServiceAccount')).toEqual([
      ['create', 'ServiceAccount', 'applied'],
      ['delete', 'ServiceAccount', 'applied'],
    ]);
    expect(await kafkaTool('acls', '--list')).not.toContain(`${landscape.prefix}shop.old`);
    expect(await described(`${landscape.prefix}shop.old`)).not.toContain('SCRAM');
    expect(await secretsOf(landscape)).toEqual([`shop/dev/main/${landscape.prefix}shop.new`]);
    expect(await landscape.apply()).toMatchObject({ changes: [] });

    // Under a key of its own the password stays where it is, and serves the new user.
    const key = { credentials: { deliverTo: { store: 'local', key: 'shop/a' } } };
    landscape.write('tenants/shop/all.yaml', account('shop.new', key));
    await landscape.apply();
    landscape.write('tenants/shop/all.yaml', account('shop.third', key));
    expect((await landscape.apply()).changes.every(change => change.outcome?.state === 'applied')).toBe(true);
    expect(await secretsOf(landscape)).toEqual(['shop/a']);
    expect(await described(`${landscape.prefix}shop.new`)).not.toContain('SCRAM');
    expect(await landscape.apply()).toMatchObject({ changes: [] });
  },
  slow,
);

test(
  'an environment under another prefix takes its rights and users along and leaves no login behind; topics stay',
  async () => {
    const landscape = testLandscape({ environment: { prune: { data: true } } });
    landscape.write('tenants/shop/all.yaml', rights);
    await landscape.apply();
    const prefix = `n${landscape.prefix}`;
    landscape.write(
      'platform/environments/dev.yaml',
      manifest('Environment', 'dev', { clusters: { main: 'main' }, prefix, prune: { data: true } }),
    );
    expect(new Set(brief(await landscape.apply()).map(([action, kind]) => `${action} ${kind}`))).toEqual(
      new Set(['create Acl', 'create ServiceAccount', 'create Topic', 'delete Acl', 'delete ServiceAccount', 'forget Topic']),
    );
    expect(await kafkaTool('acls', '--list')).not.toContain(`User:${landscape.prefix}`);
    expect(await kafkaTool('topics', '--list')).toContain(`${landscape.prefix}shop.orders`);
    expect(await landscape.apply()).toMatchObject({ changes: [] });
  },
  slow,
);

test(
  'the password of a user that somebody deleted by hand goes with its document, and the plan says so',
  async () => {
    const landscape = testLandscape();
    const other = manifest('ServiceAccount', 'shop.b', {});
    landscape.write('tenants/shop/all.yaml', manifest('ServiceAccount', 'shop.a', {}) + other);
    await landscape.apply();
    const user = `${landscape.prefix}shop.a`;
    const byHand = ['--entity-type', 'users', '--entity-name', user, '--delete-config', 'SCRAM-SHA-512'];
    await kafkaTool('configs', '--alter', ...byHand);
    landscape.write('tenants/shop/all.yaml', other);
    const planned = await landscape.plan();
    expect(planned.changes).toMatchObject([
      {
        action: 'delete',
        risk: 'safe',
        fields: [{ path: 'credential', from: `local/shop/dev/main/${user}`, to: null }],
        reasons: [{ code: 'service-account/secret-left' }],
      },
    ]);
    const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect([brief(JSON.parse(run.stdout)), run.requests.writes]).toEqual([[['delete', 'ServiceAccount', 'applied']], 0]);
    expect(await secretsOf(landscape)).toEqual([`shop/dev/main/${landscape.prefix}shop.b`]);
    expect(await landscape.apply()).toMatchObject({ changes: [] });
  },
  slow,
);
