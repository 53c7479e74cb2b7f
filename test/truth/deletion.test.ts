import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { consumeAs, kafkaTool, produceAs, shareConsumeAs } from '../kafka-tools.ts';
import { manifest, testLandscape } from '../landscape.ts';

const admin = () => ({ user: process.env.KAAS_TEST_ADMIN_USER ?? '', password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '' });

test('a topic with records is deleted only by its name, and the plan says what would be lost and who has read it', async () => {
  const landscape = testLandscape({ environment: { prune: { data: true } } });
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', {}));
  await landscape.apply();
  const remote = `${landscape.prefix}shop.orders`;
  await produceAs(admin(), remote, ['one', 'two', 'three']);
  await consumeAs(admin(), remote, { group: `${landscape.prefix}readers`, count: 3 });
  landscape.remove('tenants/shop/orders.yaml');
  const held = await landscape.apply();
  expect(held.code).toBe(0);
  expect(held.changes).toMatchObject([
    {
      action: 'delete',
      state: 'blocked',
      risk: 'irreversible',
      blockedBy: [{ code: 'plan/needs-name' }],
      evidence: { records: 3, groups: [`${landscape.prefix}readers`] },
    },
  ]);
  expect(await kafkaTool('topics', '--list')).toContain(remote);
  expect((await landscape.apply('--confirm-delete', 'shop/Topic/shop.orders')).changes).toMatchObject([
    { outcome: { state: 'applied' } },
  ]);
  expect(await kafkaTool('topics', '--list')).not.toContain(remote);
});

test('a plan says how far each group is behind on a topic that shall go, and whose rights name it', async () => {
  const landscape = testLandscape({ environment: { prune: { data: true } } });
  const account = manifest('ServiceAccount', 'shop.a', {});
  landscape.write('tenants/shop/a.yaml', account);
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { config: { 'retention.ms': '7d' } }));
  landscape.write(
    'tenants/shop/access.yaml',
    manifest('Access', 'reads', { serviceAccount: 'shop.a', as: 'consumer', topics: ['shop.orders'], group: 'shop.g' }),
  );
  await landscape.apply();
  const remote = `${landscape.prefix}shop.orders`;
  const stranger = `User:CN=${landscape.prefix}ops`;
  await kafkaTool(
    'acls',
    '--add',
    '--allow-principal',
    stranger,
    '--operation',
    'Read',
    '--operation',
    'Write',
    '--topic',
    remote,
  );
  await produceAs(admin(), remote, ['one', 'two', 'three']);
  const [slow, quick] = [`${landscape.prefix}slow`, `${landscape.prefix}quick`];
  await consumeAs(admin(), remote, { group: slow, count: 3 });
  await produceAs(admin(), remote, ['four', 'five']);
  await consumeAs(admin(), remote, { group: quick, count: 5 });
  const evidence = { lag: { [slow]: 2, [quick]: 0 }, acls: { [stranger]: 2, [`User:${landscape.prefix}shop.a`]: 1 } };
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { config: { 'retention.ms': '1h' } }));
  expect((await landscape.plan()).changes).toMatchObject([
    { evidence, reasons: [{ code: 'topic/retention-drops-data' }, { message: `Not read yet: 2 by ${slow}.` }] },
  ]);
  landscape.remove('tenants/shop/orders.yaml');
  landscape.remove('tenants/shop/access.yaml');
  const planned = await landscape.kaas('plan', 'dev', '--kind', 'Topic', '-o', 'json');
  expect(JSON.parse(planned.stdout).changes).toMatchObject([
    {
      action: 'delete',
      evidence,
      reasons: [
        { code: 'topic/delete-drops-data' },
        { code: 'topic/unread-records', message: `Not read yet: 2 by ${slow}.` },
        {
          code: 'topic/rights-name-it',
          message: `3 ACLs name it: ${stranger} (2), User:${landscape.prefix}shop.a (1).`,
        },
      ],
    },
  ]);
  // One request for all groups of a coordinator, one for the rights on the topic.
  expect(planned.requests.byApi.OffsetFetch).toBeLessThanOrEqual(3);
  expect(planned.requests.byApi.DescribeAcls).toBeLessThanOrEqual(2);
}, 180_000);

test('the annotation on the document deletes as well, and the document goes afterwards without a change', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', {}));
  await landscape.apply();
  landscape.write(
    'tenants/shop/orders.yaml',
    manifest('Topic', 'shop.orders', {}, { annotations: { 'kaas.dev/delete': 'shop.orders' } }),
  );
  expect((await landscape.apply()).changes).toMatchObject([{ action: 'delete', outcome: { state: 'applied' } }]);
  landscape.remove('tenants/shop/orders.yaml');
  expect((await landscape.plan()).changes).toEqual([]);
});

test('a shorter retention is destructive and says how much of the topic it deletes', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { config: { 'retention.ms': '7d' } }));
  await landscape.apply();
  await produceAs(admin(), `${landscape.prefix}shop.orders`, ['one', 'two']);
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { config: { 'retention.ms': '1h' } }));
  expect((await landscape.plan()).changes).toMatchObject([
    {
      risk: 'destructive',
      evidence: { records: 2, droppedBytes: 0, lastWrite: expect.stringMatching(/^20\d\d-/) },
      reasons: [{ code: 'topic/retention-drops-data', message: expect.stringContaining('older than 1 h') }],
    },
  ]);
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { config: { 'retention.ms': 1 } }));
  const [{ evidence }] = (await landscape.plan()).changes as unknown as [{ evidence: { bytes: number; droppedBytes: number } }];
  expect(evidence.bytes).toBeGreaterThan(0);
  expect(evidence.droppedBytes).toBe(evidence.bytes);
});

test('many documents gone at once are braked until the plan is confirmed by its digest', async () => {
  const landscape = testLandscape({ environment: { prune: { data: true } } });
  landscape.write(
    'tenants/shop/all.yaml',
    Array.from({ length: 12 }, (_, index) => manifest('ServiceAccount', `shop.a${index}`, {})).join(''),
  );
  await landscape.apply();
  landscape.write('tenants/shop/all.yaml', '# emptied by mistake\n');
  const braked = await landscape.apply();
  expect(braked.code).toBe(0);
  expect(new Set(braked.changes.map(change => change.blockedBy[0]?.code))).toEqual(new Set(['plan/brake']));
  const confirmed = await landscape.apply('--confirm-delete', braked.digest);
  expect(confirmed.changes.every(change => change.outcome?.state === 'applied')).toBe(true);
});

test('another prefix for an environment would take away every login: that is braked too, and nothing is forgotten meanwhile', async () => {
  const landscape = testLandscape();
  const accounts = Array.from({ length: 7 }, (_, index) => manifest('ServiceAccount', `shop.a${index}`, {})).join('');
  landscape.write('tenants/shop/all.yaml', accounts);
  await landscape.apply();
  const environment = { clusters: { main: 'main' }, prefix: `n${landscape.prefix}` };
  landscape.write('platform/environments/dev.yaml', manifest('Environment', 'dev', environment));
  await landscape.apply();
  const braked = await landscape.apply();
  expect(braked.changes.map(change => [change.action, change.blockedBy[0]?.code])).toEqual(
    Array.from({ length: 7 }, () => ['delete', 'plan/brake']),
  );
  const confirmed = await landscape.apply('--confirm-delete', braked.digest);
  expect(confirmed.changes.every(change => change.outcome?.state === 'applied')).toBe(true);
  expect((await landscape.plan()).changes).toEqual([]);
});

test('a protected resource goes only after its protection was lifted', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/account.yaml', manifest('ServiceAccount', 'shop.checkout', {}, { protected: true }));
  await landscape.apply();
  landscape.remove('tenants/shop/account.yaml');
  expect((await landscape.plan()).changes).toMatchObject([
    { action: 'delete', state: 'blocked', blockedBy: [{ code: 'plan/protected' }] },
  ]);
});

test('a broken pipe ends the reader, not the truth: plan piped into a command that stops early is no failure', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', {}));
  const shell = spawn(
    'sh',
    ['-c', `"$0" -C "$1" plan dev | head -n 1`, new URL('../../bin/kaas', import.meta.url).pathname, landscape.directory],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  shell.stderr.on('data', chunk => {
    errors += chunk;
  });
  await new Promise(resolve => shell.once('close', resolve));
  expect(errors).not.toContain('EPIPE');
});

test('a topic that somebody deleted and made anew under the same name is forgotten, not deleted', async () => {
  const landscape = testLandscape({ environment: { prune: { data: true } } });
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', {}));
  await landscape.apply();
  const remote = `${landscape.prefix}shop.orders`;
  await kafkaTool('topics', '--delete', '--topic', remote);
  await kafkaTool('topics', '--create', '--topic', remote, '--partitions', '1', '--replication-factor', '1');
  landscape.remove('tenants/shop/orders.yaml');
  expect((await landscape.apply()).changes).toMatchObject([{ action: 'forget', outcome: { state: 'applied' } }]);
  expect(await kafkaTool('topics', '--list')).toContain(remote);
});

test('a document that asks for its deletion and for protection at once is protected', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', {}));
  await landscape.apply();
  const metadata = { protected: true, annotations: { 'kaas.dev/delete': 'shop.orders' } };
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', {}, metadata));
  expect((await landscape.plan()).changes).toMatchObject([
    { action: 'delete', state: 'blocked', blockedBy: [{ code: 'plan/protected' }] },
  ]);
});

test('a deletion by annotation after the ledger was lost takes two applies: the first makes the topic ours again', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', {}));
  await landscape.apply();
  rmSync(join(landscape.directory, '.kaas/kaas.db'));
  const annotated = manifest('Topic', 'shop.orders', {}, { annotations: { 'kaas.dev/delete': 'shop.orders' } });
  landscape.write('tenants/shop/orders.yaml', annotated);
  expect((await landscape.apply()).changes).toMatchObject([{ action: 'adopt', outcome: { state: 'applied' } }]);
  expect((await landscape.apply()).changes).toMatchObject([{ action: 'delete', outcome: { state: 'applied' } }]);
  expect((await landscape.plan()).changes).toEqual([]);
});

test('an annotation that names something else deletes nothing, and is said to', async () => {
  const landscape = testLandscape();
  landscape.write(
    'tenants/shop/orders.yaml',
    manifest('Topic', 'shop.orders', {}, { annotations: { 'kaas.dev/delete': 'shop.order' } }),
  );
  const plan = await landscape.plan();
  expect(plan.changes).toMatchObject([{ action: 'create' }]);
  expect(plan.problems).toMatchObject([{ code: 'validate/other-deletion', severity: 'warning' }]);
});

test('an empty topic that somebody listens to, in a share group or without ever committing, is deleted only by its name', async () => {
  const { user, password } = admin();
  const silent = `security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="${password}";
enable.auto.commit=false
`;
  const landscape = testLandscape({ environment: { prune: { data: true } } });
  landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.shared', {}) + manifest('Topic', 'shop.silent', {}));
  await landscape.apply();
  const group = (name: string) => `${landscape.prefix}${name}`;
  const listening = Promise.all([
    shareConsumeAs(admin(), group('shop.shared'), { group: group('shared'), count: 1 }),
    consumeAs({ properties: silent }, group('shop.silent'), { group: group('silent'), count: 1 }),
  ]);
  const states = (program: 'groups' | 'share-groups') => kafkaTool(program, '--describe', '--all-groups', '--state');
  await vi.waitFor(
    async () => {
      expect(await states('groups')).toMatch(new RegExp(`${group('silent')} .*Stable`));
      expect(await states('share-groups')).toMatch(new RegExp(`${group('shared')} .*Stable`));
    },
    { timeout: 30_000, interval: 500 },
  );
  landscape.write('tenants/shop/all.yaml', '');
  const planned = await landscape.kaas('plan', 'dev', '-o', 'json');
  expect(planned.requests.writes).toBe(0);
  expect(JSON.parse(planned.stdout).changes).toMatchObject([
    {
      name: 'shop.shared',
      state: 'blocked',
      evidence: { consumers: [group('shared')] },
      blockedBy: [{ code: 'plan/needs-name' }],
    },
    {
      name: 'shop.silent',
      state: 'blocked',
      evidence: { consumers: [group('silent')] },
      blockedBy: [{ code: 'plan/needs-name' }],
    },
  ]);
  await listening;
}, 180_000);
