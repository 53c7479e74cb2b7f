import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorker, type Worker, within } from '../connect-worker.ts';
import { type Asked, type Fault, type FaultyProxy, faultyProxy } from '../faulty-proxy.ts';
import { scramProperties } from '../kafka-tools.ts';
import { manifest, type TestLandscape, testLandscape } from '../landscape.ts';

const login = () => ({ user: process.env.KAAS_TEST_ADMIN_USER ?? '', password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '' });
let worker: Worker;
let proxy: FaultyProxy;

beforeAll(async () => {
  worker = await startWorker(scramProperties(login()), `faults-${randomBytes(4).toString('hex')}`);
  proxy = await faultyProxy(worker.url);
  expect(await within(90_000, () => worker.answers())).toBe(true);
}, 120_000);
afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await worker?.[Symbol.asyncDispose]();
});

const connectors = (names: readonly string[]) =>
  names
    .map(name =>
      manifest('Connector', name, {
        connect: 'main',
        class: 'FileStreamSource',
        state: 'stopped',
        config: { topic: 't', file: '/dev/null' },
      }),
    )
    .join('');

/** Two connectors that are ours, of which one is no longer declared where prune is on, and a topic that is new. */
async function setting(): Promise<TestLandscape> {
  proxy.fault = () => 'pass';
  const landscape = testLandscape({
    environment: { prune: { data: true } },
    cluster: {
      connection: {
        bootstrapServers: (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(','),
        protocol: 'SASL_PLAINTEXT',
        mechanism: 'SCRAM-SHA-512',
        username: login().user,
        password: { env: 'KAAS_TEST_ADMIN_PASSWORD' },
        connect: { main: { url: proxy.url } },
      },
    },
  });
  landscape.write('tenants/shop/all.yaml', connectors(['shop.kept', 'shop.gone']));
  expect((await landscape.apply()).code).toBe(0);
  landscape.write('tenants/shop/all.yaml', connectors(['shop.kept']) + manifest('Topic', 'shop.new', {}));
  return landscape;
}

const bulk = ({ path }: Asked) => path.startsWith('/connectors?expand');
const live = async (landscape: TestLandscape) =>
  ((await (await fetch(`${worker.url}/connectors`)).json()) as string[])
    .filter(name => name.startsWith(landscape.prefix))
    .map(name => name.slice(landscape.prefix.length))
    .toSorted();
const json = (body: object, status = 200): Fault => ({ status, body: JSON.stringify(body) });

test.each<[string, Fault, string]>([
  ['is down', 'break', 'connect/unreachable'],
  ['answers 500', json({ error_code: 500, message: 'out of luck' }, 500), 'connect/server-error'],
  ['answers with a page of HTML', { status: 200, body: '<html>sign in</html>', type: 'text/html' }, 'connect/no-json'],
  ['answers with half a text', { change: body => body.slice(0, body.length / 2) }, 'connect/no-json'],
  ['leaves out what a connector is', { change: body => body.replaceAll('"info"', '"other"') }, 'connect/half-an-answer'],
  ['answers with a list of something else', json([]), 'connect/no-list'],
  ['does not know us', json({ error_code: 401, message: 'who?' }, 401), 'connect/not-authenticated'],
  ['is somewhere else', json({ error_code: 404, message: 'HTTP 404 Not Found' }, 404), 'connect/not-found'],
  ['gives us no right', json({ error_code: 403, message: 'no' }, 403), 'connect/authorization-failed'],
  ['does not answer in time', 'silence', 'connect/timed-out'],
])(
  'a worker that %s is named, nothing is deleted, and the rest of the plan is shown',
  { timeout: 120_000 },
  async (_what, fault, code) => {
    const landscape = await setting();
    proxy.fault = () => fault;
    const plan = await landscape.plan();
    expect(plan.changes.map(each => [each.kind, each.action])).toEqual([['Topic', 'create']]);
    expect(plan.problems.map(each => each.code)).toEqual(['plan/unreachable']);
    expect(plan.problems[0]?.message).toContain(`the connectors were not read: `);
    expect(plan.problems[0]?.message).toContain(`(${code})`);
    expect(plan.problems[0]?.message).toContain('Connect cluster `main` of main');
    proxy.fault = () => 'pass';
    expect(await live(landscape)).toEqual(['shop.gone', 'shop.kept']);
    expect((await landscape.plan()).changes.map(each => [each.kind, each.action])).toEqual([
      ['Topic', 'create'],
      ['Connector', 'delete'],
    ]);
  },
);

test('half a list is read again before anything counts as missing', { timeout: 120_000 }, async () => {
  const landscape = await setting();
  let reads = 0;
  const without = (body: string) => {
    const all = JSON.parse(body) as Record<string, unknown>;
    return JSON.stringify(Object.fromEntries(Object.entries(all).filter(([name]) => !name.endsWith('shop.kept'))));
  };
  proxy.fault = asked => (bulk(asked) && ++reads === 1 ? { change: without } : 'pass');
  expect((await landscape.plan('--kind', 'Connector')).changes.map(each => [each.name, each.action])).toEqual([
    ['shop.gone', 'delete'],
  ]);
  expect(reads).toBe(2);
});

test('a list that stays empty deletes nothing and makes nothing anew', { timeout: 180_000 }, async () => {
  const landscape = await setting();
  proxy.fault = asked => (bulk(asked) ? json({}) : 'pass');
  const applied = await landscape.apply();
  expect(applied.changes.filter(each => each.kind === 'Connector' && each.action === 'delete')).toEqual([]);
  expect(await live(landscape)).toEqual(['shop.gone', 'shop.kept']);
});

test('while workers rebalance a write is tried again', { timeout: 120_000 }, async () => {
  const landscape = await setting();
  let refusals = 0;
  const busy = json({ error_code: 409, message: 'Cannot complete request momentarily due to stale configuration' }, 409);
  proxy.fault = ({ method }) => (method === 'DELETE' && ++refusals <= 3 ? busy : 'pass');
  const applied = await landscape.apply();
  expect([applied.code, applied.changes.map(each => each.outcome?.state)]).toEqual([0, ['applied', 'applied']]);
  expect([refusals, await live(landscape)]).toEqual([4, ['shop.kept']]);
});

test('a write whose answer was lost is unknown, settled by reading, and not sent again', { timeout: 120_000 }, async () => {
  const landscape = await setting();
  landscape.write('tenants/shop/all.yaml', connectors(['shop.kept', 'shop.gone', 'shop.made']));
  proxy.fault = ({ method }) => (method === 'POST' ? { lose: true } : 'pass');
  const applied = await landscape.apply();
  expect([applied.code, applied.changes.map(each => [each.name, each.outcome?.state])]).toEqual([1, [['shop.made', 'unknown']]]);
  const posts = () => proxy.asked.filter(each => each.method === 'POST').length;
  const before = posts();
  const again = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect([again.code, again.requests.writes, posts() - before]).toEqual([0, 0, 0]);
  expect((await landscape.plan()).changes).toEqual([]);
  expect(await live(landscape)).toEqual(['shop.gone', 'shop.kept', 'shop.made']);
});

test.each([
  ['sends us elsewhere', 302, 'failed'],
  ['says nothing of what it keeps', 204, 'unknown'],
])(
  'a write to which something in between %s is not said to be done, and the next apply does it',
  { timeout: 120_000 },
  async (_, status, state) => {
    const landscape = await setting();
    landscape.write('tenants/shop/all.yaml', connectors(['shop.kept', 'shop.gone', 'shop.more']));
    proxy.fault = ({ method, path }) => (method === 'POST' && path === '/connectors' ? { status, body: '' } : 'pass');
    const applied = await landscape.apply();
    expect([applied.code, applied.changes.map(each => [each.name, each.outcome?.state])]).toEqual([1, [['shop.more', state]]]);
    proxy.fault = () => 'pass';
    expect(await live(landscape)).not.toContain('shop.more');
    expect((await landscape.apply()).code).toBe(0);
    expect(await live(landscape)).toContain('shop.more');
  },
);
