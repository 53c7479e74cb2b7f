import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import { openLocalSecrets } from '#targets/secrets/open-local-secrets.ts';
import { startWorker, type Worker, within } from './connect-worker.ts';
import { scramProperties } from './kafka-tools.ts';
import { manifest, type TestLandscape, testLandscape } from './landscape.ts';

export const admin = () => ({
  user: process.env.KAAS_TEST_ADMIN_USER ?? '',
  password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '',
});
/** Where the worker reads and writes files, its config provider too. */
export const folder = mkdtempSync(join(tmpdir(), 'kaas-connectors-'));
/** From the first test on. */
export let worker: Worker;

/** Gives the tests of a file one real worker with a config provider for the folder. */
export function onOneWorker(): void {
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
}

export const source = 'org.apache.kafka.connect.file.FileStreamSourceConnector';

/** A landscape whose cluster has the worker as its Connect cluster `main`, with a topic and a file to read. */
export function setting(
  environment: object = {},
  connect: object = {},
): { landscape: TestLandscape; connector(spec?: object, more?: object): string } {
  const landscape = testLandscape({ environment, beside: { connect: { main: { url: worker.url, ...connect } } } });
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

export const ask = async (path: string) => (await fetch(worker.url + path)).json() as Promise<Record<string, never>>;
export const named = (prefix: string, name = 'shop.reader') => `${prefix}${name}`;
export const send = (method: string, path: string, body?: object) =>
  fetch(worker.url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
export const liveConfig = async (name: string) => (await ask(`/connectors/${name}`)).config as unknown as Record<string, string>;
const stateOf = async (name: string) => (await ask(`/connectors/${name}/status`)).connector?.['state'];
export const reaches = (name: string, state: string) => within(30_000, async () => (await stateOf(name)) === state);
export const keep = (landscape: TestLandscape, key: string, value: string) =>
  openLocalSecrets({ directory: join(landscape.directory, '.kaas') }).put(key, new Redacted(value));
