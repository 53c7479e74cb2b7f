import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { documentSchemas } from '#faces/cli/schemas.ts';
import { within } from '../connect-worker.ts';
import { ask, folder, keep, liveConfig, named, onOneWorker, reaches, send, setting, source, worker } from '../connectors.ts';
import { manifest } from '../landscape.ts';

onOneWorker();

test('a connector is planned with its topic, applied, runs, and a second apply sends no write', {
  timeout: 120_000,
}, async () => {
  const { landscape, connector } = setting();
  landscape.write('tenants/shop/all.yaml', connector());
  const plan = await landscape.plan();
  expect(plan.problems).toEqual([]);
  expect(plan.changes.map(each => [each.kind, each.action, each.state, each.probe, each.remoteName])).toEqual([
    ['Topic', 'create', 'ready', 'accepted', `${landscape.prefix}shop.lines`],
    ['Connector', 'create', 'ready', 'accepted', `main/${named(landscape.prefix)}`],
  ]);
  const applied = await landscape.apply();
  expect([applied.code, applied.changes.map(each => each.outcome?.state)]).toEqual([0, ['applied', 'applied']]);
  expect(await within(30_000, async () => (await worker.state(named(landscape.prefix))) === 'RUNNING')).toBe(true);
  const again = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect([again.code, JSON.parse(again.stdout).changes, again.requests.writes]).toEqual([0, [], 0]);
  const connect = Object.entries(again.requests.byApi).filter(([api]) => api.includes('connector'));
  expect(connect).toEqual([['GET /connectors?expand=info&expand=status', 1]]);
  expect((await ask(`/connectors/${named(landscape.prefix)}`)).config).toMatchObject({ topic: `${landscape.prefix}shop.lines` });
});

test('a disabled connector is stopped, not deleted; paused and running likewise', { timeout: 180_000 }, async () => {
  const { landscape, connector } = setting();
  const name = named(landscape.prefix);
  landscape.write('tenants/shop/all.yaml', connector({ state: 'stopped' }));
  expect((await landscape.apply()).code).toBe(0);
  expect(await reaches(name, 'STOPPED')).toBe(true);
  for (const [state, live, risk] of [
    ['running', 'RUNNING', 'safe'],
    ['paused', 'PAUSED', 'disruptive'],
    ['stopped', 'STOPPED', 'disruptive'],
  ] as const) {
    landscape.write('tenants/shop/all.yaml', connector({ state }));
    const applied = await landscape.apply();
    expect(applied.changes.map(each => [each.action, each.risk, each.fields.map(field => field.path)])).toEqual([
      ['update', risk, ['state']],
    ]);
    expect(await reaches(name, live)).toBe(true);
    expect((await landscape.plan()).changes).toEqual([]);
  }
  expect((await liveConfig(name)).file).toContain(landscape.prefix);
});

test('a Connect cluster that is not there is the mistake of its document alone', { timeout: 120_000 }, async () => {
  const { landscape, connector } = setting();
  landscape.write('tenants/shop/all.yaml', connector() + manifest('Connector', 'shop.lost', { connect: 'mian', class: source }));
  const plan = await landscape.plan();
  expect(plan.changes.map(each => [each.kind, each.name, each.state])).toEqual([
    ['Topic', 'shop.lines', 'ready'],
    ['Connector', 'shop.reader', 'ready'],
    ['Connector', 'shop.lost', 'impossible'],
  ]);
  expect(plan.changes[2]?.reasons.map(each => [each.code, each.message])).toEqual([
    ['connect/none', expect.stringContaining('Did you mean `main`?')],
  ]);
});

test('a plug-in that the workers lack is impossible, with the nearest and those that there are', {
  timeout: 120_000,
}, async () => {
  const { landscape, connector } = setting();
  landscape.write('tenants/shop/all.yaml', connector({ class: 'org.apache.kafka.connect.file.FileStreamSourcConnector' }));
  const change = (await landscape.plan()).changes.find(each => each.kind === 'Connector');
  expect([change?.state, change?.reasons.map(each => each.code)]).toEqual(['impossible', ['connector/class-missing']]);
  expect(change?.reasons[0]?.message).toContain(`did you mean \`${source}\`?`);
  expect(change?.reasons[0]?.message).toContain('org.apache.kafka.connect.mirror.MirrorSourceConnector');
  landscape.write('tenants/shop/all.yaml', connector({ class: 'FileStreamSource' }));
  expect((await landscape.plan()).problems).toEqual([]);
});

test("what the worker's own validation refuses is impossible, by field, without the secret in it", {
  timeout: 120_000,
}, async () => {
  const { landscape, connector } = setting();
  const value = `not-a-number-${randomBytes(6).toString('hex')}`;
  await keep(landscape, 'shop/tasks', value);
  landscape.write(
    'tenants/shop/all.yaml',
    connector({ config: { 'tasks.max': '${secret.local.shop/tasks}', 'batch.size': 'many', 'errors.tolerance': 'some' } }),
  );
  const result = await landscape.kaas('plan', 'dev', '-o', 'json');
  expect(result.stdout).not.toContain(value);
  const change = (JSON.parse(result.stdout) as Awaited<ReturnType<typeof landscape.plan>>).changes.find(
    each => each.kind === 'Connector',
  );
  expect(change?.state).toBe('impossible');
  const said = change?.reasons.map(each => each.message) ?? [];
  for (const field of ['tasks.max', 'batch.size', 'errors.tolerance'])
    expect(said.some(each => each.startsWith(`\`${field}\`: `))).toBe(true);
  expect(said.join('\n')).toContain('${secret.local.shop/tasks}');
});

test.each([
  [
    "a number that a client's override cannot be",
    { 'producer.override.linger.ms': '1_000' },
    'Invalid value 1_000 for configuration linger.ms',
  ],
  ['a range of versions without an end', { 'connector.plugin.version': '[3,4' }, 'Unbounded range: [3,4'],
])(
  '%s is impossible, though the workers answer it as an error of their own',
  { timeout: 120_000 },
  async (_what, config, said) => {
    const { landscape, connector } = setting();
    landscape.write('tenants/shop/all.yaml', connector({ config }));
    const change = (await landscape.plan()).changes.find(each => each.kind === 'Connector');
    expect([change?.state, change?.reasons.map(each => each.message)]).toEqual(['impossible', [expect.stringContaining(said)]]);
  },
);

test('a key that somebody added by hand is drift and goes; what may be a secret is not shown', { timeout: 180_000 }, async () => {
  const { landscape, connector } = setting();
  const name = named(landscape.prefix);
  landscape.write('tenants/shop/all.yaml', connector());
  expect((await landscape.apply()).code).toBe(0);
  const marker = randomBytes(8).toString('hex');
  const added = {
    'errors.tolerance': 'all',
    'my.password': `by-name-${marker}`,
    'producer.override.ssl.truststore.certificates': `by-type-${marker}`,
  };
  await send('PUT', `/connectors/${name}/config`, { ...(await liveConfig(name)), ...added });
  const plan = await landscape.kaas('plan', 'dev', '-o', 'json');
  const fields = (JSON.parse(plan.stdout) as Awaited<ReturnType<typeof landscape.plan>>).changes.flatMap(each =>
    each.fields.map(({ path, from, to }) => [path, from, to]),
  );
  expect(fields.toSorted()).toEqual([
    ['config.errors.tolerance', 'all', null],
    ['config.my.password', '(hidden: it may be a secret)', null],
    ['config.producer.override.ssl.truststore.certificates', '(hidden: it may be a secret)', null],
  ]);
  expect(plan.stdout).not.toContain(marker);
  expect((await landscape.kaas('drift', 'dev', '-o', 'json')).stdout).not.toContain(marker);
  expect((await landscape.apply()).code).toBe(0);
  expect(Object.keys(await liveConfig(name)).toSorted()).toEqual(['connector.class', 'file', 'name', 'tasks.max', 'topic']);
  expect((await landscape.plan()).changes).toEqual([]);
});

test("a declared value that is the plug-in's default and not set is no difference: the connector is adopted without a write", {
  timeout: 120_000,
}, async () => {
  const { landscape, connector } = setting();
  const name = named(landscape.prefix);
  landscape.write('tenants/shop/topic.yaml', manifest('Topic', 'shop.lines', {}));
  expect((await landscape.apply()).code).toBe(0);
  const body = {
    name,
    config: {
      'connector.class': source,
      file: join(folder, `${landscape.prefix}input.txt`),
      topic: `${landscape.prefix}shop.lines`,
    },
  };
  expect((await send('POST', '/connectors', body)).status).toBe(201);
  expect(await reaches(name, 'RUNNING')).toBe(true);
  landscape.remove('tenants/shop/topic.yaml');
  landscape.write('tenants/shop/all.yaml', connector({ config: { 'batch.size': 2000 } }));
  const plan = await landscape.plan();
  expect(plan.changes.map(each => [each.kind, each.action, each.fields])).toEqual([['Connector', 'adopt', []]]);
  const applied = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect([applied.code, applied.requests.writes]).toEqual([0, 0]);
});

test('a connector whose topic is impossible is blocked; another class is destructive, with how far it has come', {
  timeout: 180_000,
}, async () => {
  const { landscape, connector } = setting();
  const name = named(landscape.prefix);
  const broken = connector().replace('"spec":{}', '"spec":{"replicationFactor":99}');
  landscape.write('tenants/shop/all.yaml', broken);
  expect((await landscape.plan()).changes.map(each => [each.kind, each.state])).toEqual([
    ['Topic', 'impossible'],
    ['Connector', 'blocked'],
  ]);
  landscape.write('tenants/shop/all.yaml', connector());
  expect((await landscape.apply()).code).toBe(0);
  expect(await within(60_000, () => worker.knowsOffsets(name))).toBe(true);
  landscape.write('tenants/shop/all.yaml', connector({ state: 'paused' }));
  const [change] = (await landscape.plan()).changes;
  expect([change?.risk, change?.evidence.offsets]).toEqual([
    'disruptive',
    [{ partition: expect.anything(), offset: { position: 8 } }],
  ]);
  expect(change?.reasons.map(each => each.code)).toEqual(['connector/halted', 'connector/offsets']);
  landscape.write(
    'tenants/shop/all.yaml',
    connector({ class: 'org.apache.kafka.connect.mirror.MirrorHeartbeatConnector', config: { 'source.cluster.alias': 'a' } }),
  );
  const other = (await landscape.plan()).changes.find(each => each.kind === 'Connector');
  expect(other?.fields.find(field => field.path === 'class')?.risk).toBe('destructive');
});

test('failed tasks are named with the first line of their trace', { timeout: 180_000 }, async () => {
  const { landscape, connector } = setting();
  const name = named(landscape.prefix);
  const sink = { class: 'org.apache.kafka.connect.file.FileStreamSinkConnector' };
  const config = { file: join(folder, 'no', 'such', 'folder'), topics: '${topic.shop.lines}' };
  landscape.write('tenants/shop/all.yaml', connector({ ...sink, config }));
  expect((await landscape.apply()).code).toBe(0);
  expect(await within(60_000, async () => (await worker.state(name)) === 'FAILED')).toBe(true);
  landscape.write('tenants/shop/all.yaml', connector({ ...sink, config: { ...config, file: join(folder, 'out.txt') } }));
  const [change] = (await landscape.plan()).changes;
  expect(change?.reasons.map(each => each.message)).toEqual([expect.stringMatching(/^Task 0 has failed: .*ConnectException/)]);
  expect((await landscape.apply()).code).toBe(0);
  expect(await within(60_000, async () => (await worker.state(name)) === 'RUNNING')).toBe(true);
});

test('a removed connector stays where prune is off, and is deleted before its topic where it is on', {
  timeout: 180_000,
}, async () => {
  const { landscape, connector } = setting();
  const name = named(landscape.prefix);
  landscape.write('tenants/shop/all.yaml', connector());
  expect((await landscape.apply()).code).toBe(0);
  landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.lines', {}));
  const held = (await landscape.plan()).changes;
  expect(held.map(each => [each.action, each.state, each.blockedBy.map(by => by.code)])).toEqual([
    ['delete', 'blocked', ['plan/prune-off']],
  ]);
  landscape.write(
    'platform/environments/dev.yaml',
    manifest('Environment', 'dev', { clusters: { main: 'main' }, prefix: landscape.prefix, prune: { data: true } }),
  );
  const [change] = (await landscape.plan()).changes;
  expect([change?.action, change?.state, change?.risk]).toEqual(['delete', 'ready', 'destructive']);
  expect((await landscape.apply()).code).toBe(0);
  expect((await ask('/connectors')) as unknown).not.toContain(name);
  expect((await landscape.plan()).changes).toEqual([]);
});

test('connectors made by hand come back as documents without a secret in them, and the plan after it only adopts', {
  timeout: 180_000,
}, async () => {
  const { landscape } = setting();
  const marker = randomBytes(8).toString('hex');
  const config = {
    'connector.class': 'FileStreamSource',
    file: join(folder, `${landscape.prefix}input.txt`),
    topic: `${landscape.prefix}shop.made`,
    'db.password': `by-name-${marker}`,
    'producer.override.ssl.truststore.certificates': `by-type-${marker}`,
    url: `jdbc:x://app:inside-${marker}@db/`,
    'its.place': '${file:/somewhere/else.properties:key}',
  };
  for (const name of ['shop.made', 'stray'])
    expect(
      (await send('POST', '/connectors', { name: named(landscape.prefix, name), config, initial_state: 'STOPPED' })).status,
    ).toBe(201);
  for (const name of ['shop.made', 'stray']) expect(await reaches(named(landscape.prefix, name), 'STOPPED')).toBe(true);
  const imported = await landscape.kaas('import', 'dev', '-o', 'json');
  // Rights on the cluster that other tests left belong to whoever configures it, and come along.
  const files = (JSON.parse(imported.stdout).files as string[]).filter(file => file.includes('connector'));
  expect([imported.code, files]).toEqual([
    0,
    ['platform/environments/dev/unassigned/imported-connector.yaml', 'tenants/shop/environments/dev/imported-connector.yaml'],
  ]);
  const text = readFileSync(join(landscape.directory, 'tenants/shop/environments/dev/imported-connector.yaml'), 'utf8');
  expect(text).toContain('${secret.local.shop/dev/main/connectors/main/');
  expect(text).toContain('state: stopped');
  expect(text + imported.stdout + imported.stderr).not.toContain(marker);
  const plan = await landscape.plan();
  const adopted = plan.changes.filter(each => each.kind === 'Connector');
  expect([plan.problems, adopted.map(each => [each.kind, each.action, each.fields])]).toEqual([
    [],
    [
      ['Connector', 'adopt', []],
      ['Connector', 'adopt', []],
    ],
  ]);
});

test('doctor says whether workers answer and whether the outside systems can be reached', { timeout: 120_000 }, async () => {
  const { landscape } = setting();
  const { host } = new URL(worker.url);
  landscape.write(
    'tenants/shop/all.yaml',
    manifest('Connection', 'there', { address: host }) + manifest('Connection', 'nowhere', { address: 'http://127.0.0.1:1/x' }),
  );
  const result = await landscape.kaas('doctor', 'dev', '-o', 'json');
  const { findings } = JSON.parse(result.stdout) as { findings: { what: string; good: boolean; says: string }[] };
  const found = new Map(findings.map(each => [each.what, each]));
  expect(found.get('connection there in dev')).toMatchObject({ good: true, says: `${host} can be reached` });
  expect(found.get('connection nowhere in dev')).toMatchObject({ good: false });
  expect(found.get('Connect main of main')?.says).toMatch(/Connect 4\.3\.1|failed tasks/);
  expect(result.code).toBe(1);
});

test('failed tasks are restarted by an operation that is in the history and the audit log; with none failed nothing is sent', {
  timeout: 180_000,
}, async () => {
  const { landscape, connector } = setting();
  const name = named(landscape.prefix);
  const missing = join(folder, `${landscape.prefix}later`);
  const config = { file: join(missing, 'out.txt'), topics: '${topic.shop.lines}' };
  landscape.write('tenants/shop/all.yaml', connector({ class: 'FileStreamSink', config }));
  expect((await landscape.kaas('restart', 'dev', 'shop.reader')).stderr).toContain('operation/not-ours');
  expect((await landscape.apply()).code).toBe(0);
  expect(await within(60_000, async () => (await worker.state(name)) === 'FAILED')).toBe(true);
  mkdirSync(missing);
  const restarted = await landscape.kaas('restart', 'dev', 'shop.reader', '-o', 'json');
  expect([restarted.code, restarted.requests.writes]).toEqual([0, 1]);
  const [change] = (JSON.parse(restarted.stdout) as Awaited<ReturnType<typeof landscape.plan>>).changes;
  expect([change?.outcome?.state, change?.reasons[0]?.message]).toEqual([
    'applied',
    expect.stringContaining('Task 0 has failed: '),
  ]);
  expect(await within(60_000, async () => (await worker.state(name)) === 'RUNNING')).toBe(true);
  const idle = await landscape.kaas('restart', 'dev', 'shop/shop.reader');
  expect([idle.code, idle.requests.writes, idle.stdout]).toEqual([0, 0, expect.stringContaining('nothing to restart')]);
  expect((await landscape.kaas('restart', 'dev', 'shop.reader', '--all')).code).toBe(0);
  const history = JSON.parse((await landscape.kaas('history', 'dev', '-o', 'json')).stdout) as { runs: { summary: object }[] };
  expect(history.runs.map(each => each.summary)).toEqual([{ applied: 1 }, { applied: 1 }, { applied: 2 }]);
  expect((await landscape.plan()).changes).toEqual([]);
  expect((await landscape.kaas('restart', 'dev', 'shop.nobody')).code).toBe(64);
});

test('offsets are shown, and reset only while the connector is stopped and by its name', { timeout: 180_000 }, async () => {
  const { landscape, connector } = setting();
  const name = named(landscape.prefix);
  landscape.write('tenants/shop/all.yaml', connector());
  expect((await landscape.apply()).code).toBe(0);
  expect(await within(60_000, () => worker.knowsOffsets(name))).toBe(true);
  const shown = await landscape.kaas('offsets', 'dev', 'shop.reader', '-o', 'json');
  expect(z.fromJSONSchema(z.toJSONSchema(documentSchemas.offsets) as never).safeParse(JSON.parse(shown.stdout)).error).toBe(
    undefined,
  );
  expect(JSON.parse(shown.stdout)).toMatchObject({ schemaVersion: 1, state: 'RUNNING', offsets: [{ offset: { position: 8 } }] });
  const reset = (...more: string[]) => landscape.kaas('offsets', 'dev', 'shop.reader', '--reset', ...more);
  expect((await reset()).code).toBe(64);
  expect((await reset('--confirm', 'shop.other')).code).toBe(64);
  const running = await reset('--confirm', 'shop.reader');
  expect([running.code, running.requests.writes, running.stdout]).toEqual([
    1,
    0,
    expect.stringContaining('connector/not-stopped'),
  ]);
  landscape.write('tenants/shop/all.yaml', connector({ state: 'stopped' }));
  expect((await landscape.apply()).code).toBe(0);
  expect(await reaches(name, 'STOPPED')).toBe(true);
  const done = await reset('--confirm', 'shop.reader', '-o', 'json');
  expect([done.code, done.stderr, done.requests.writes]).toEqual([0, expect.any(String), 1]);
  expect(z.fromJSONSchema(z.toJSONSchema(documentSchemas.plan) as never).safeParse(JSON.parse(done.stdout)).error).toBe(
    undefined,
  );
  expect(await worker.knowsOffsets(name)).toBe(false);
  expect((await landscape.plan()).changes).toEqual([]);
});
