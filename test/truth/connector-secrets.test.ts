import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { preview, reconcile } from '#flow/flow.ts';
import { type Frame } from '#flow/frame.ts';
import { type Plan } from '#model/plan.ts';
import { Redacted } from '#model/redacted.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { memorySecrets } from '#targets/memory/secrets.ts';
import { openConnect } from '#targets/rest/connect.ts';
import { openLocalSecrets } from '#targets/secrets/open-local-secrets.ts';
import { providerFile } from '#targets/secrets/provider-file.ts';
import { within } from '../connect-worker.ts';
import { admin, folder, keep, liveConfig, named, onOneWorker, reaches, send, setting, source, worker } from '../connectors.ts';
import { kafkaTool, produceAs, userByHand } from '../kafka-tools.ts';
import { manifest, type TestLandscape } from '../landscape.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

onOneWorker();

const reader = (config: object, spec: object = {}) =>
  manifest('Connector', 'shop.reader', {
    connect: 'main',
    class: 'FileStreamSource',
    state: 'stopped',
    ...spec,
    config: { topic: 't', file: '/dev/null', ...config },
  });
const live = ({ prefix }: TestLandscape) => liveConfig(named(prefix));
const changes = (plan: Awaited<ReturnType<TestLandscape['plan']>>) =>
  plan.changes.map(each => [each.kind, each.action, each.state, each.probe]);

/** A landscape that publishes a key, and how to seal a value in it as `shop/db`. */
async function sealing(): Promise<{ landscape: TestLandscape; seal: (value: string) => Promise<void> }> {
  const { landscape } = setting();
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
  const { landscape } = setting();
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
  const { landscape } = setting();
  const password = `p"a\\s'x ${randomBytes(6).toString('hex')} \${y}`;
  const user = `${landscape.prefix}loader`;
  await userByHand(user, password);
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

test('a connector with secrets: no second write, a changed secret is a change, and no value is ever shown', {
  timeout: 180_000,
}, async () => {
  const { landscape, connector } = setting();
  const name = named(landscape.prefix);
  const [first, second] = ['first', 'second'].map(each => `${each}-${randomBytes(8).toString('hex')}`) as [string, string];
  const config = { 'db.password': '${secret.local.shop/db}', url: 'jdbc:x://app:${secret.local.shop/db}@db/${env:STAGE}' };
  landscape.write('tenants/shop/all.yaml', connector({ config }));
  const without = await landscape.plan();
  expect(without.changes.map(each => [each.kind, each.state])).toEqual([
    ['Topic', 'ready'],
    ['Connector', 'impossible'],
  ]);
  expect(without.changes[1]?.reasons.map(each => each.code)).toEqual(['connector/secret-missing']);

  await keep(landscape, 'shop/db', first);
  const created = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect(created.code).toBe(0);
  expect(await liveConfig(name)).toMatchObject({ 'db.password': first, url: `jdbc:x://app:${first}@db/\${env:STAGE}` });
  const again = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect([again.code, JSON.parse(again.stdout).changes, again.requests.writes]).toEqual([0, [], 0]);

  await keep(landscape, 'shop/db', second);
  const plan = await landscape.plan();
  expect(plan.changes.map(each => each.fields.map(({ path, from, to }) => [path, from, to]))).toEqual([
    [
      ['config.db.password', '(another value)', '${secret.local.shop/db}'],
      ['config.url', '(another value)', config.url],
    ],
  ]);
  const changed = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect((await liveConfig(name))['db.password']).toBe(second);
  for (const text of [created, again, changed].flatMap(each => [each.stdout, each.stderr])) {
    expect(text).not.toContain(first);
    expect(text).not.toContain(second);
  }
});

test('a secret that an account of the same plan makes is waited for, not impossible', { timeout: 120_000 }, async () => {
  const { landscape, connector } = setting();
  const account = manifest('ServiceAccount', 'shop.loader', {
    credentials: { deliverTo: { store: 'local', key: 'shop/loader' } },
  });
  landscape.write('tenants/shop/all.yaml', connector({ config: { 'db.password': '${secret.local.shop/loader}' } }) + account);
  const plan = await landscape.plan();
  expect(plan.changes.map(each => [each.kind, each.state, each.probe])).toEqual([
    ['Topic', 'ready', 'accepted'],
    ['ServiceAccount', 'ready', 'accepted'],
    ['Connector', 'ready', 'deferred'],
  ]);
  expect((await landscape.apply()).code).toBe(0);
  const password = await openLocalSecrets({ directory: join(landscape.directory, '.kaas') }).get('shop/loader');
  expect((await liveConfig(named(landscape.prefix)))['db.password']).toBe(password?.reveal());
  expect((await landscape.plan()).changes).toEqual([]);
});

test("an entry that a sealed secret does not hold is nobody's, and a sealed secret that is still named does not go", {
  timeout: 120_000,
}, async () => {
  const { landscape, seal } = await sealing();
  const states = async () =>
    (await landscape.plan()).changes.map(each => [each.kind, each.state, ...each.reasons.map(({ code }) => code)]);
  const write = (secret: string) =>
    landscape.write('tenants/shop/c.yaml', reader({ 'db.password': `\${secret.local.${secret}}` }));
  await seal('a value');
  write('shop/db/pasword');
  expect(await states()).toContainEqual(['Connector', 'impossible', 'connector/secret-missing']);
  write('shop/db');
  expect((await landscape.apply()).code).toBe(0);
  write('shop/db/pasword');
  expect(await states()).toEqual([['Connector', 'impossible', 'connector/secret-missing']]);

  write('shop/db');
  landscape.remove('tenants/shop/db.yaml');
  expect(await states()).toEqual([['Secret', 'impossible', 'plan/still-named']]);
  expect((await landscape.plan()).problems.map(each => each.message)).toEqual([
    expect.stringContaining('shop/Connector/shop.reader names the secret that goes with it, `${secret.local.shop/db}`'),
  ]);
});

test('a store that cannot be read costs the connectors that name it, and leaves the others alone', {
  timeout: 120_000,
}, async () => {
  const { landscape, connector } = setting();
  const away = (url: string) =>
    landscape.write(
      'tenants/shop/away.yaml',
      manifest('SecretStore', 'away', { type: 'vault', url, token: { store: 'local', key: 'shop/token' } }) +
        manifest('Connector', 'shop.waiting', {
          connect: 'main',
          class: source,
          config: { topic: 'shop.lines', file: join(folder, 'waiting.txt'), 'db.password': '${secret.away.db}' },
        }),
    );
  landscape.write('tenants/shop/all.yaml', connector());
  expect((await landscape.apply()).code).toBe(0);
  landscape.write('tenants/shop/all.yaml', connector({ config: { 'batch.size': '7' } }));
  await keep(landscape, 'shop/token', 'a-token');
  away('http://127.0.0.1:1');
  expect(
    (await landscape.plan()).changes.map(each => [each.name, each.action, each.state, ...each.reasons.map(r => r.code)]),
  ).toEqual([
    ['shop.reader', 'update', 'ready'],
    ['shop.waiting', 'create', 'impossible', 'secrets/unreachable'],
  ]);
});

test('where the workers reach the store themselves they get its reference: the value is read by nobody here', {
  timeout: 120_000,
}, async () => {
  const places = join(folder, `places-${randomBytes(4).toString('hex')}.properties`);
  const value = `placed-${randomBytes(8).toString('hex')}`;
  writeFileSync(places, `shop/db=${value}\n`);
  const { landscape, connector } = setting({}, { secrets: { local: `\${file:${places}:{key}}` } });
  landscape.write('tenants/shop/all.yaml', connector({ config: { 'db.password': '${secret.local.shop/db}' } }));
  const applied = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect([applied.code, applied.stdout.includes(value)]).toEqual([0, false]);
  expect((await liveConfig(named(landscape.prefix)))['db.password']).toBe(`\${file:${places}:shop/db}`);
  expect(await reaches(named(landscape.prefix), 'RUNNING')).toBe(true);
  const again = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect([JSON.parse(again.stdout).changes, again.requests.writes]).toEqual([[], 0]);
  await send('PUT', `/connectors/${named(landscape.prefix)}/config`, {
    ...(await liveConfig(named(landscape.prefix))),
    'db.password': value,
  });
  expect((await landscape.plan()).changes.map(each => each.fields.map(field => [field.from, field.to]))).toEqual([
    [['(another value)', '${secret.local.shop/db}']],
  ]);
});

test('a file that workers on this machine read holds the values, the configuration names it, and a new value restarts the connector', {
  timeout: 180_000,
}, async () => {
  const inputs = ['in put=ü:#1!.txt', 'other\\n.txt'].map(each => join(folder, each));
  for (const each of inputs) writeFileSync(each, 'one\ntwo\n');
  const secrets = memorySecrets(new Map([['t/path', new Redacted(inputs[0] as string)]]));
  const places = mkdtempSync(join(folder, 'places-'));
  await using connect = openConnect({ label: 'main', url: worker.url }, providerFile(places));
  const name = `t.${randomBytes(4).toString('hex')}`;
  const topic = `${name}.lines`;
  await kafkaTool('topics', '--create', '--topic', topic, '--partitions', '1', '--replication-factor', '1');
  const config = { file: '${secret.local.t/path}', topic };
  const files = new Map([
    ...frame(),
    ['tenants/t/c.yaml', document('Connector', name, { connect: 'main', class: 'FileStreamSource', config })],
  ]);
  const outside = memoryOutside(files, memoryKafka(), { connect, secrets });
  const run = async () => {
    const { checked, plan } = await preview(outside, 'dev');
    const applied = await reconcile(outside, plan as Plan, { partial: false, frame: checked.frame as Frame });
    return applied.changes.map(each => [each.action, each.outcome.state, each.outcome.message]);
  };
  const readsFrom = (file: string) =>
    within(30_000, async () => (await connect.offsets(name))?.some(each => each.partition.filename === file) === true);
  expect(await run()).toEqual([['create', 'applied', undefined]]);
  expect((await liveConfig(name)).file).toBe(`\${file:${places}/secrets.properties:local.t/path}`);
  expect(statSync(join(places, 'secrets.properties')).mode & 0o777).toBe(0o600);
  expect(await readsFrom(inputs[0] as string)).toBe(true);
  const writes = connect.requests.writes;
  expect([await run(), connect.requests.writes]).toEqual([[], writes]);
  await secrets.put('t/path', new Redacted(inputs[1] as string));
  expect(await run()).toEqual([['update', 'applied', undefined]]);
  expect(await readsFrom(inputs[1] as string)).toBe(true);
  expect(await run()).toEqual([]);
  await connect.remove([name]);
});

test('what a provider of the workers holds is in no plan, also where they refuse it', { timeout: 120_000 }, async () => {
  const { landscape } = setting();
  const value = `not-a-number-${randomBytes(6).toString('hex')}`;
  const file = join(folder, `${landscape.prefix}theirs.properties`);
  writeFileSync(file, `count=${value}\n`);
  landscape.write('tenants/shop/c.yaml', reader({ 'tasks.max': `\${file:${file}:count}`, 'batch.size': 'many' }));
  const { stdout, stderr } = await landscape.kaas('plan', 'dev', '-o', 'json');
  expect(stdout + stderr).not.toContain(value);
  expect(stdout).toContain('Invalid value (hidden: it may be a secret) for configuration tasks.max');
  expect(stdout).toContain('Invalid value many for configuration batch.size');
});
