import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorker, type Worker, within } from '../connect-worker.ts';
import { scramProperties } from '../kafka-tools.ts';
import { manifest, type TestLandscape, testLandscape } from '../landscape.ts';

const admin = () => ({ user: process.env.KAAS_TEST_ADMIN_USER ?? '', password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '' });
const folder = mkdtempSync(join(tmpdir(), 'kaas-connectors-'));
let worker: Worker;

beforeAll(async () => {
  worker = await startWorker(scramProperties(admin()), `truth-${randomBytes(4).toString('hex')}`, {
    'config.providers': 'file',
    'config.providers.file.class': 'org.apache.kafka.common.config.provider.FileConfigProvider',
    'config.providers.file.param.allowed.paths': folder,
    'topic.creation.enable': 'false',
  });
  expect(await within(90_000, () => worker.answers())).toBe(true);
}, 120_000);
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const source = 'org.apache.kafka.connect.file.FileStreamSourceConnector';

/** A landscape whose cluster has the worker as its Connect cluster `main`, with a topic and a file to read. */
function setting(environment: object = {}): { landscape: TestLandscape; connector(spec?: object, more?: object): string } {
  const login = admin();
  const landscape = testLandscape({
    environment,
    cluster: {
      connection: {
        bootstrapServers: (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(','),
        protocol: 'SASL_PLAINTEXT',
        mechanism: 'SCRAM-SHA-512',
        username: login.user,
        password: { env: 'KAAS_TEST_ADMIN_PASSWORD' },
        connect: { main: { url: worker.url } },
      },
    },
  });
  const file = join(folder, `${landscape.prefix}input.txt`);
  writeFileSync(file, 'one\ntwo\n');
  const config = { file, topic: '${topic.shop.lines}', 'tasks.max': 1 };
  return {
    landscape,
    connector: (spec = {}, more = {}) => {
      const own = spec as { config?: object };
      return (
        manifest('Topic', 'shop.lines', {}) +
        manifest(
          'Connector',
          'shop.reader',
          { connect: 'main', class: source, ...spec, config: { ...config, ...own.config } },
          more,
        )
      );
    },
  };
}

const ask = async (path: string) => (await fetch(worker.url + path)).json() as Promise<Record<string, never>>;
const named = (prefix: string, name = 'shop.reader') => `${prefix}${name}`;

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
