import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { testRegistry } from '../beside.ts';
import { manifest, testLandscape } from '../landscape.ts';
import { type Passing, spoilingProxy } from '../servers/spoiling-proxy.ts';

const launcher = join(import.meta.dirname, '../../bin/kaas');
let url: string;
beforeAll(async () => {
  url = await testRegistry();
}, 300_000);

const schemaOf = (name: string) =>
  manifest('Schema', name, { type: 'AVRO', definition: { type: 'record', name: 'R', doc: name, fields: [] } });
const isList = ({ method, path }: Passing) => method === 'GET' && /\/subjects(\?|$)/.test(path);
const registers = ({ method, path }: Passing) => method === 'POST' && /\/versions(\?|$)/.test(path);

/** A landscape whose registry stands behind a proxy; `names` are applied as schemas. */
async function applied(names: readonly string[]) {
  const proxy = await spoilingProxy(url);
  const landscape = testLandscape({ beside: { schemaRegistry: { url: proxy.url } }, environment: { prune: { data: true } } });
  for (const name of names) landscape.write(`tenants/shop/${name}.yaml`, schemaOf(name));
  if (names.length > 0) expect((await landscape.apply()).code).toBe(0);
  const versions = async (name: string) => (await fetch(`${url}/subjects/${landscape.prefix}${name}/versions`)).json();
  const posts = () => proxy.passed.filter(each => each.startsWith('POST') && each.endsWith('/versions'));
  return { proxy, landscape, versions, posts };
}

const answered =
  (status: number, text: string, type = 'application/json') =>
  ({ response }: Passing) => {
    response.writeHead(status, { 'content-type': type }).end(text);
    return true;
  };
const troubles: readonly (readonly [name: string, code: string, spoil: (passing: Passing) => boolean])[] = [
  ['breaks off', 'registry/unreachable', ({ response }) => (response.destroy(), true)],
  ['answers 500', 'registry/server-error', answered(500, '{"error_code":50001,"message":"Error in the backend"}')],
  ['answers 503 in no words', 'registry/server-error', answered(503, '')],
  ['answers with a page of HTML', 'registry/no-json', answered(200, '<html>log in first</html>', 'text/html')],
  ['answers 404 with a page of HTML', 'registry/no-json', answered(404, '<html>nothing here</html>', 'text/html')],
  ['answers 404 from something in between', 'registry/not-found', answered(404, '{"message":"no route"}')],
  ['answers 409', 'registry/incompatible', answered(409, '{"error_code":409,"message":"try again"}')],
  ['answers with half of the text', 'registry/no-json', answered(200, '["a","b')],
  ['answers with something else than a list', 'registry/no-list', answered(200, '{"subjects":[]}')],
];

describe('a registry in trouble takes its schemas out of the plan, and nothing else', () => {
  test('whatever it answers instead: the topics are planned, the registry is named, nothing is deleted or forgotten', {
    timeout: 300_000,
  }, async () => {
    const { proxy, landscape, versions } = await applied(['shop.a-value', 'shop.b-value']);
    landscape.remove('tenants/shop/shop.b-value.yaml');
    landscape.write('tenants/shop/topic.yaml', manifest('Topic', 'shop.a', {}));
    const told = (await landscape.plan()).changes.map(change => [change.kind, change.action]);
    expect(told.toSorted()).toEqual([
      ['Schema', 'delete'],
      ['Topic', 'create'],
    ]);
    for (const [name, code, spoil] of troubles) {
      proxy.spoil = spoil;
      const result = await landscape.kaas('plan', 'dev', '-o', 'json');
      const plan = JSON.parse(result.stdout);
      expect([name, result.code, plan.changes.map((each: { kind: string }) => each.kind)]).toEqual([name, 1, ['Topic']]);
      expect(plan.problems).toMatchObject([{ code: 'plan/unreachable', message: expect.stringContaining(`(${code})`) }]);
      expect(plan.problems[0].message).toContain('schema');
    }
    proxy.spoil = troubles[0]?.[2];
    expect((await landscape.kaas('apply', 'dev', '--yes')).code).toBe(1);
    proxy.spoil = undefined;
    expect((await landscape.plan()).changes.map(change => [change.kind, change.action])).toEqual(told);
    expect(await versions('shop.b-value')).toEqual([1]);
  });

  test('a registry that never answers is named within 45 seconds', { timeout: 120_000 }, async () => {
    const { proxy, landscape } = await applied([]);
    landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.a', {}) + schemaOf('shop.a-value'));
    proxy.spoil = () => true;
    const started = Date.now();
    const plan = await landscape.plan();
    expect(Date.now() - started).toBeLessThan(45_000);
    expect(plan.problems).toMatchObject([{ message: expect.stringContaining('registry/timed-out') }]);
    expect(plan.changes.map(change => change.kind)).toEqual(['Topic']);
  });

  test.each([
    ['nothing', () => []],
    ['half of what it has', (names: string[]) => names.slice(0, names.length / 2)],
  ] as const)('a registry that lists %s, and yet has all, loses nothing by it', { timeout: 120_000 }, async (_, broken) => {
    const names = ['a', 'b', 'c', 'd'].map(each => `shop.${each}-value`);
    const { proxy, landscape, posts } = await applied(names);
    proxy.spoil = async passing => {
      if (!isList(passing)) return false;
      const listed = (JSON.parse((await passing.forward()).text) as string[]).filter(each => each.startsWith(landscape.prefix));
      return answered(200, JSON.stringify(broken(listed)))(passing);
    };
    expect((await landscape.plan()).changes).toEqual([]);
    landscape.remove('tenants/shop/shop.d-value.yaml');
    expect((await landscape.plan()).changes.map(each => [each.action, each.name])).toEqual([['delete', 'shop.d-value']]);
    expect(posts()).toHaveLength(4);
  });
});

describe('a registration whose answer never came', () => {
  const lost: readonly (readonly [string, (passing: Passing) => Promise<boolean>])[] = [
    ['is lost on the way', async ({ response }) => (response.destroy(), true)],
    ['is 500', async passing => answered(500, '{"error_code":50001,"message":"Error"}')(passing)],
  ];
  test.each(lost)('and %s is looked up and not repeated', { timeout: 120_000 }, async (_, answer) => {
    const { proxy, landscape, versions, posts } = await applied([]);
    landscape.write('tenants/shop/all.yaml', schemaOf('shop.a-value') + schemaOf('shop.b-value'));
    proxy.spoil = async passing => {
      if (!registers(passing)) return false;
      await passing.forward();
      return answer(passing);
    };
    const result = await landscape.apply();
    expect(result.changes.map(change => change.outcome?.state)).toEqual(['applied', 'applied']);
    proxy.spoil = undefined;
    expect((await landscape.plan()).changes).toEqual([]);
    expect(posts()).toHaveLength(2);
    expect(await versions('shop.a-value')).toEqual([1]);
  });

  test('and which did not happen is not said to have, and is planned again', { timeout: 120_000 }, async () => {
    const { proxy, landscape, posts } = await applied([]);
    landscape.write('tenants/shop/all.yaml', schemaOf('shop.a-value'));
    proxy.spoil = passing => registers(passing) && (passing.response.destroy(), true);
    const [change] = (await landscape.apply()).changes;
    expect(change?.outcome).toMatchObject({ state: 'unknown', code: 'registry/outcome-unknown' });
    proxy.spoil = undefined;
    expect((await landscape.plan()).changes).toMatchObject([{ action: 'create' }]);
    expect((await landscape.apply()).changes).toMatchObject([{ outcome: { state: 'applied' } }]);
    expect(posts()).toHaveLength(2);
  });
});

test('an apply that is killed in the middle of registrations is taken up: every subject has its one version', {
  timeout: 300_000,
}, async () => {
  const { proxy, landscape, versions, posts } = await applied([]);
  const names = Array.from({ length: 40 }, (_, index) => `shop.s${index}-value`);
  landscape.write('tenants/shop/all.yaml', names.map(schemaOf).join(''));
  const child = spawn(launcher, ['-C', landscape.directory, 'apply', 'dev', '--yes'], { stdio: 'ignore' });
  const ended = new Promise(resolve => child.once('close', resolve));
  proxy.spoil = async passing => {
    if (!registers(passing)) return false;
    if (posts().length === 20) child.kill('SIGKILL');
    return false;
  };
  await ended;
  proxy.spoil = undefined;
  const before = posts().length;
  expect(before).toBeLessThan(40);
  let next = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  for (let attempt = 0; next.code !== 0 && attempt < 20; attempt++) {
    expect(next.stderr + next.stdout).toContain('store/leased');
    await sleep(5_000);
    next = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  }
  expect(next.code).toBe(0);
  expect((await landscape.plan()).changes).toEqual([]);
  expect(await Promise.all(names.map(versions))).toEqual(names.map(() => [1]));
  expect(new Set(posts()).size).toBe(posts().length);
});
