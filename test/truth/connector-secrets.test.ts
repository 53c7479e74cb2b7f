import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import { openLocalSecrets } from '#targets/secrets/open-local-secrets.ts';
import { startWorker, type Worker, within } from '../connect-worker.ts';
import { kafkaTool, produceAs, scramProperties } from '../kafka-tools.ts';
import { manifest, type TestLandscape, testLandscape } from '../landscape.ts';

const admin = () => ({ user: process.env.KAAS_TEST_ADMIN_USER ?? '', password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '' });
let worker: Worker;

beforeAll(async () => {
  worker = await startWorker(scramProperties(admin()), `secrets-${randomBytes(4).toString('hex')}`);
  expect(await within(90_000, () => worker.answers())).toBe(true);
}, 120_000);
afterAll(() => worker?.[Symbol.asyncDispose]());

const setting = () => testLandscape({ beside: { connect: { main: { url: worker.url } } } });
const reader = (config: object, spec: object = {}) =>
  manifest('Connector', 'shop.reader', {
    connect: 'main',
    class: 'FileStreamSource',
    state: 'stopped',
    ...spec,
    config: { topic: 't', file: '/dev/null', ...config },
  });
const live = async ({ prefix }: TestLandscape) =>
  (await (await fetch(`${worker.url}/connectors/${prefix}shop.reader/config`)).json()) as Record<string, string>;
const changes = (plan: Awaited<ReturnType<TestLandscape['plan']>>) =>
  plan.changes.map(each => [each.kind, each.action, each.state, each.probe]);

/** A landscape that publishes a key, and how to seal a value in it as `shop/db`. */
async function sealing(): Promise<{ landscape: TestLandscape; seal: (value: string) => Promise<void> }> {
  const landscape = setting();
  const made = await landscape.kaas('secret', 'rotate-key');
  const spec = { environments: ['dev'], sealing: { recipients: [made.stdout.trim()] } };
  landscape.write('kaas.yaml', manifest('Landscape', `test-${landscape.prefix.slice(0, -1)}`, spec));
  const aside = mkdtempSync(join(tmpdir(), 'kaas-value-'));
  onTestFinished(() => rmSync(aside, { recursive: true }));
  return {
    landscape,
    async seal(value) {
      writeFileSync(join(aside, 'value'), value);
      const from = ['--from-file', join(aside, 'value')];
      const sealed = await landscape.kaas('secret', 'seal', '--tenant', 'shop', '--name', 'db', '--key', 'shop/db', ...from);
      expect([sealed.code, sealed.stderr]).toEqual([0, '']);
      landscape.write('tenants/shop/db.yaml', sealed.stdout);
    },
  };
}

test('a sealed secret and the connector that names it come as one change, and a new value reaches the connector with the same apply', {
  timeout: 120_000,
}, async () => {
  const { landscape, seal } = await sealing();
  landscape.write('tenants/shop/c.yaml', reader({ 'db.password': '${secret.local.shop/db}' }));
  await seal('the first value');
  expect(changes(await landscape.plan())).toEqual([
    ['Secret', 'create', 'ready', 'notProbed'],
    ['Connector', 'create', 'ready', 'deferred'],
  ]);
  expect((await landscape.apply()).code).toBe(0);
  expect((await live(landscape))['db.password']).toBe('the first value');
  expect((await landscape.plan()).changes).toEqual([]);

  await seal('the second value');
  const plan = await landscape.plan();
  expect(plan.changes.map(each => [each.kind, each.action])).toEqual([
    ['Secret', 'update'],
    ['Connector', 'update'],
  ]);
  expect(plan.changes[1]?.fields.map(({ path, from, to }) => [path, from, to])).toEqual([
    ['config.db.password', '(the value before)', '${secret.local.shop/db}'],
  ]);
  expect((await landscape.apply()).code).toBe(0);
  expect((await live(landscape))['db.password']).toBe('the second value');
  expect((await landscape.plan()).changes).toEqual([]);
});

test('a value that the workers refuse is replaced by one that they take', { timeout: 120_000 }, async () => {
  const { landscape, seal } = await sealing();
  landscape.write('tenants/shop/c.yaml', reader({ 'tasks.max': '${secret.local.shop/db}' }));
  await seal('1');
  expect((await landscape.apply()).code).toBe(0);
  await seal('none');
  expect((await landscape.apply()).changes.map(each => [each.kind, each.outcome?.state])).toEqual([
    ['Secret', 'applied'],
    ['Connector', 'failed'],
  ]);
  expect((await landscape.plan()).changes.map(each => [each.kind, each.state])).toEqual([['Connector', 'impossible']]);
  await seal('2');
  expect((await landscape.apply()).changes.map(each => [each.kind, each.outcome?.state])).toEqual([
    ['Secret', 'applied'],
    ['Connector', 'applied'],
  ]);
  expect((await live(landscape))['tasks.max']).toBe('2');
});

test('a secret that nobody makes is impossible, also for a connector that names an account', { timeout: 120_000 }, async () => {
  const landscape = setting();
  const login = 'X required username="${account.shop.loader}" password="${secret.local.shop/db}";';
  landscape.write(
    'tenants/shop/c.yaml',
    manifest('ServiceAccount', 'shop.loader', {}) + reader({ 'producer.override.sasl.jaas.config': login }),
  );
  const change = (await landscape.plan()).changes.find(each => each.kind === 'Connector');
  expect([change?.state, change?.reasons.map(each => each.message)]).toEqual([
    'impossible',
    ['No store has `${secret.local.shop/db}`.'],
  ]);
});

test('a password with quotes and backslashes logs in from within a JAAS text', { timeout: 120_000 }, async () => {
  const landscape = setting();
  const password = `p"a\\s'x ${randomBytes(6).toString('hex')} \${y}`;
  const user = `${landscape.prefix}loader`;
  await kafkaTool(
    'configs',
    '--alter',
    '--entity-type',
    'users',
    '--entity-name',
    user,
    '--add-config',
    `SCRAM-SHA-512=[password=${password}]`,
  );
  const on = ['--resource-pattern-type', 'prefixed', '--topic', landscape.prefix];
  const rules = ['--allow-principal', `User:${user}`, '--operation', 'ALL', ...on, '--group', 'connect-'];
  await kafkaTool('acls', '--add', ...rules);
  const store = openLocalSecrets({ directory: join(landscape.directory, '.kaas') });
  await store.put('shop/db', new Redacted(password));
  const module = 'org.apache.kafka.common.security.scram.ScramLoginModule required';
  const config = {
    'consumer.override.security.protocol': 'SASL_PLAINTEXT',
    'consumer.override.sasl.mechanism': 'SCRAM-SHA-512',
    'consumer.override.sasl.jaas.config': `${module} username="${user}" password="\${secret.local.shop/db}";`,
    topics: '${topic.shop.lines}',
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
  };
  const file = join(landscape.directory, 'out.txt');
  landscape.write(
    'tenants/shop/c.yaml',
    manifest('Topic', 'shop.lines', {}) +
      manifest('Connector', 'shop.writer', { connect: 'main', class: 'FileStreamSink', config: { ...config, file } }),
  );
  expect((await landscape.apply()).code).toBe(0);
  expect((await landscape.plan()).changes).toEqual([]);
  await produceAs(admin(), `${landscape.prefix}shop.lines`, ['a line']);
  expect(await within(30_000, async () => existsSync(file) && readFileSync(file, 'utf8') === 'a line\n')).toBe(true);
});
