import { expect, test } from 'vitest';
import { discover } from '#flow/discover.ts';
import { detectDrift } from '#flow/drift.ts';
import { preview, reconcile } from '#flow/flow.ts';
import type { Frame } from '#flow/frame.ts';
import { operate, propose } from '#flow/operate.ts';
import { resumeIfNeeded } from '#flow/resume.ts';
import { Fault } from '#model/fault.ts';
import type { Plan } from '#model/plan.ts';
import type { ConfigEntry, Kafka } from '#ports/kafka.ts';
import { memoryConnect } from '#targets/memory/connect.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

function setting(spec: object = {}) {
  const connect = memoryConnect({ address: 'workers:8083' });
  const own = { connect: 'main', class: 'FileStreamSource', config: { topic: 't', file: '/x' }, ...spec };
  const files = new Map([...frame(), ['tenants/t/c.yaml', document('Connector', 't.c', own)]]);
  const outside = memoryOutside(files, memoryKafka(), { connect });
  const apply = async () => {
    const { checked, plan } = await preview(outside, 'dev');
    return reconcile(outside, plan as Plan, { partial: false, frame: checked.frame as Frame });
  };
  return { connect, files, outside, apply };
}
const asked = (operation: string) => ({ kind: 'Connector', name: 't.c', operation });

test('two landscapes that lead to one Connect cluster write one after the other', async () => {
  const { outside, apply, connect } = setting();
  const store = await outside.store({ environments: [] });
  const lease = await store.acquireLease('connect/workers:8083', 'somebody', 60_000);
  await expect(apply()).rejects.toMatchObject({ code: 'store/leased' });
  expect([...connect.kept.keys()]).toEqual([]);
  await lease[Symbol.asyncDispose]();
  expect((await apply()).changes.map(each => each.outcome.state)).toEqual(['applied']);
  await (await store.acquireLease('connect/workers:8083', 'somebody', 60_000))[Symbol.asyncDispose]();
});

test('three hundred connectors that are as declared cost one read', async () => {
  const { files, connect, outside, apply } = setting();
  for (let index = 0; index < 300; index++)
    files.set(
      `tenants/t/${index}.yaml`,
      document('Connector', `t.${index}`, { connect: 'main', class: 'FileStreamSource', config: { topic: 't' } }),
    );
  await apply();
  const before = new Map(connect.requests.byApi);
  const { plan } = await preview(outside, 'dev');
  expect(plan?.summary.unchanged).toBe(301);
  const asked = [...connect.requests.byApi].filter(([api, count]) => count !== before.get(api));
  expect(asked.map(([api, count]) => [api, count - (before.get(api) ?? 0)])).toEqual([
    ['GET /connectors?expand=info&expand=status', 1],
  ]);
});

test('an operation leaves the ledger as it is and is audited with its digest', async () => {
  const { outside, apply, connect } = setting();
  await apply();
  const store = await outside.store({ environments: [] });
  const ledger = await store.ledger({});
  connect.kept.get('t.c')?.failed.add(0);
  const proposed = await propose(outside, 'dev', asked('restart'));
  if ('problems' in proposed) throw new Error('no plan');
  expect(proposed.plan.changes.map(each => [each.operation, each.state, each.risk])).toEqual([['restart', 'ready', 'safe']]);
  const applied = await operate(outside, proposed);
  expect(applied.changes.map(each => each.outcome.state)).toEqual(['applied']);
  expect(connect.kept.get('t.c')?.failed.size).toBe(0);
  expect(await store.ledger({})).toEqual(ledger);
  const audit = (await store.audit({})).filter(each => each.event === 'operation');
  expect(audit.map(each => each.data)).toMatchObject([{ operation: 'restart', planDigest: applied.digest, outcome: 'applied' }]);
  expect(await store.openIntents({})).toEqual([]);
});

test('an operation that was interrupted is settled as unknown and changes nothing that we own', async () => {
  const { outside, apply, connect } = setting({ state: 'stopped' });
  await apply();
  const store = await outside.store({ environments: [] });
  const ledger = await store.ledger({});
  const proposed = await propose(outside, 'dev', asked('reset-offsets'));
  if ('problems' in proposed) throw new Error('no plan');
  connect.resetOffsets = () => {
    throw new Error('the power is gone');
  };
  await expect(operate(outside, proposed)).rejects.toThrow('the power is gone');
  expect((await store.openIntents({})).map(each => each.change.operation)).toEqual(['reset-offsets']);
  expect(await resumeIfNeeded(outside, 'dev')).toBe(1);
  expect([await store.openIntents({}), await store.ledger({})]).toEqual([[], ledger]);
});

test.each([
  ['that nobody declares', { kind: 'Connector', name: 't.other', operation: 'restart' }, 'operation/unknown'],
  ['that was not applied yet', asked('restart'), 'operation/not-ours'],
])('an operation on a connector %s is refused', async (_what, what, code) => {
  await expect(propose(setting().outside, 'dev', what)).rejects.toMatchObject({ code });
});

test('a connector that another landscape owns too is forgotten, not deleted', async () => {
  const { outside, apply, connect, files } = setting();
  await apply();
  const store = await outside.store({ environments: [] });
  const [own] = await store.ledger({});
  const run = { id: 'x', landscape: 'another', environment: 'dev', revision: '', planDigest: '', actor: '', startedAt: '' };
  await store.startRun({ ...run, finishedAt: null, summary: {}, plan: {} });
  await store.begin([{ id: 'x', runId: 'x', environment: 'dev', change: {} as never, openedAt: '' }]);
  const ledger = { ...(own as NonNullable<typeof own>), landscape: 'another', fields: { class: 'FileStreamSource' } };
  await store.settle([{ intentId: 'x', outcome: { state: 'applied' }, ledger }]);
  files.delete('tenants/t/c.yaml');
  expect((await apply()).changes.map(each => [each.action, each.outcome.state])).toEqual([['forget', 'applied']]);
  expect([...connect.kept.keys()]).toEqual(['t.c']);
});

test('a connector that logs in as an account takes password and mechanism of the account, and after a rotation the new ones with the next apply', async () => {
  const connect = memoryConnect({ address: 'workers:8083' });
  const memory = memoryKafka();
  const mechanisms = { name: 'sasl.enabled.mechanisms', value: 'SCRAM-SHA-256,SCRAM-SHA-512' } as ConfigEntry;
  const kafka = {
    ...memory,
    describeConfigs: async (all: readonly unknown[]) => all.map(() => ({ ok: true, value: [mechanisms] })),
  };
  const config = {
    topic: 't',
    file: '/x',
    'producer.override.sasl.mechanism': '${secret.local.t/dev/main/t.app.mechanism}',
    'producer.override.sasl.jaas.config': 'org.x.ScramLoginModule required password="${secret.local.t/dev/main/t.app}";',
  };
  const files = new Map([
    ...frame(),
    ['tenants/t/a.yaml', document('ServiceAccount', 't.app', {})] as const,
    ['tenants/t/c.yaml', document('Connector', 't.c', { connect: 'main', class: 'FileStreamSource', config })] as const,
  ]);
  const outside = memoryOutside(files, kafka as Kafka, { connect });
  const apply = async (options: object = {}) => {
    const { checked, plan } = await preview(outside, 'dev', options);
    return reconcile(outside, plan as Plan, { partial: false, frame: checked.frame as Frame });
  };
  expect((await apply()).changes.map(each => each.outcome.state)).toEqual(['applied', 'applied']);
  const sent = () => connect.kept.get('t.c')?.config ?? {};
  const first = sent()['producer.override.sasl.jaas.config'];
  expect(sent()['producer.override.sasl.mechanism']).toBe('SCRAM-SHA-512');
  await apply({ renew: true, selection: { kinds: ['ServiceAccount'] } });
  const { changes } = await apply();
  expect(changes.map(each => [each.kind, each.reasons.map(reason => reason.code)])).toEqual([
    ['Connector', ['connector/other-secret']],
  ]);
  expect(sent()['producer.override.sasl.mechanism']).toBe('SCRAM-SHA-256');
  expect(sent()['producer.override.sasl.jaas.config']).not.toBe(first);
  expect((await preview(outside, 'dev')).plan?.changes).toEqual([]);
});

test('a Connect cluster that is down costs its own connectors only; those of another are planned, applied, restarted and seen to drift', async () => {
  const [main, other] = [memoryConnect({ address: 'main:8083' }), memoryConnect({ address: 'other:8083' })];
  const own = (connect: string, file = '/x') => ({ connect, class: 'FileStreamSource', config: { topic: 't', file } });
  const files = new Map([
    ...frame({ prune: { data: true } }),
    ['tenants/t/a.yaml', document('Connector', 't.a', own('main'))],
    ['tenants/t/b.yaml', document('Connector', 't.b', own('other'))],
    ['tenants/t/gone.yaml', document('Connector', 't.gone', own('other'))],
  ]);
  const outside = memoryOutside(files, memoryKafka(), { connect: name => (name === 'main' ? main : other) });
  const plan = async () => (await preview(outside, 'dev')).plan as Plan;
  const apply = async () => {
    const { checked, plan } = await preview(outside, 'dev');
    return reconcile(outside, plan as Plan, { partial: true, frame: checked.frame as Frame });
  };
  await apply();
  files.delete('tenants/t/gone.yaml');
  files.set('tenants/t/a.yaml', document('Connector', 't.a', own('main', '/y')));
  main.kept.get('t.a')?.failed.add(0);
  const { connectors } = other;
  other.connectors = () => Promise.reject(new Fault('connect/unreachable', 'The Connect cluster `other` cannot be reached.'));

  const planned = await plan();
  expect(planned.changes.map(each => [each.action, each.name])).toEqual([['update', 't.a']]);
  expect(planned.problems.map(each => [each.code, each.message.includes('`other`')])).toEqual([['plan/unreachable', true]]);
  expect(planned.clusters.main?.unread).toEqual(['Connector/other']);
  expect('plan' in (await propose(outside, 'dev', { kind: 'Connector', name: 't.a', operation: 'restart' }))).toBe(true);
  expect(await propose(outside, 'dev', { kind: 'Connector', name: 't.b', operation: 'restart' })).toMatchObject({
    problems: [{ code: 'plan/unreachable' }],
  });
  (main.kept.get('t.a') as { config: Record<string, string> }).config.file = '/z';
  expect((await detectDrift(outside, 'dev')).plan?.changes.map(each => each.name)).toEqual(['t.a']);
  expect((await apply()).changes.map(each => [each.name, each.outcome.state])).toEqual([['t.a', 'applied']]);
  expect([...other.kept.keys()]).toEqual(['t.b', 't.gone']);

  other.connectors = connectors;
  expect((await plan()).changes.map(each => [each.action, each.name])).toEqual([['delete', 't.gone']]);
});

test("a class by its short name is the class by its full name: nothing is asked for, and nothing is said of another class's offsets", async () => {
  const { files, outside, apply, connect } = setting();
  await apply();
  const full = 'org.apache.kafka.connect.file.FileStreamSourceConnector';
  const declare = (kind: string, file: string) =>
    files.set('tenants/t/c.yaml', document('Connector', 't.c', { connect: 'main', class: kind, config: { topic: 't', file } }));
  declare(full, '/x');
  const writes = connect.requests.writes;
  expect((await preview(outside, 'dev')).plan?.changes.map(each => [each.action, each.fields])).toEqual([['adopt', []]]);
  await apply();
  expect([(await preview(outside, 'dev')).plan?.changes, connect.requests.writes]).toEqual([[], writes]);
  declare('com.example.FileStreamSourceConnector', '/x');
  expect((await preview(outside, 'dev')).plan?.changes.map(each => each.fields.map(field => field.path))).toEqual([['class']]);
});

test('a Connect cluster under two names: what is declared under the other one is never deleted, and two documents for one connector are refused', async () => {
  const { files, outside, apply, connect } = setting();
  const own = (cluster: string, more: object = {}) => ({
    connect: cluster,
    class: 'FileStreamSource',
    config: { topic: 't', ...more },
  });
  files.set(
    'platform/environments/dev.yaml',
    document('Environment', 'dev', { clusters: { main: 'main' }, prune: { data: true } }),
  );
  await apply();
  files.set('tenants/t/c.yaml', document('Connector', 't.renamed', { ...own('core', { file: '/x' }), name: 't.c' }));
  expect((await apply()).changes.map(each => [each.action, each.remoteName])).toEqual([
    ['adopt', 'core/t.c'],
    ['forget', 'main/t.c'],
  ]);
  expect([...connect.kept.keys()]).toEqual(['t.c']);
  files.set('tenants/t/d.yaml', document('Connector', 't.c', own('main', { file: '/y' })));
  expect((await preview(outside, 'dev')).plan?.changes.map(each => [each.name, each.state, each.reasons[0]?.message])).toEqual([
    ['t.c', 'impossible', 'It is `core/t.c` too: another document declares the same under that name.'],
  ]);
});

test('import leaves out, with the reason, a connector whose texts would read as ours or that no document can name', async () => {
  const { files, outside, connect } = setting();
  files.delete('tenants/t/c.yaml');
  const made = (config: Record<string, string>) => ({ config: { 'connector.class': 'FileStreamSource', topic: 't', ...config } });
  await connect.create([
    { name: 't.one', ...made({ 'db.password': 'a-secret', note: '${topic.t.x}' }), state: 'stopped' },
    { name: 't.two', ...made({ 'db.password': 'a-secret', dir: '${topic}/${env:X}' }), state: 'stopped' },
    { name: 't.a/b', ...made({}), state: 'stopped' },
  ]);
  const found = await discover(outside, 'dev');
  expect(found.left.map(each => [each.name, each.code])).toEqual([
    ['main/t.one', 'import/reads-as-variable'],
    ['main/t.a/b', 'connector/bad-name'],
  ]);
  expect(found.found.map(each => each.name)).toEqual(['t.two']);
});
