import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openStore } from '#targets/store/open-store.ts';
import { onServer, postgresDatabase, postgresUrl } from './store-databases.ts';

const entry = { at: '2026-01-02T03:04:05.000Z', actor: 'ada', event: 'applied', data: null };
const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    error => error,
  );
const altered = (alter: (url: URL) => void): string => {
  const url = new URL(postgresUrl as string);
  alter(url);
  return url.href;
};

test('a server that does not answer is a fault that names it without its password', async () => {
  const fault = await faultOf(openStore('postgres://kaas:hunter2@127.0.0.1:1/kaas'));
  expect(fault).toMatchObject({
    name: 'Fault',
    code: 'store/unreachable',
    retry: 'later',
    message: expect.stringContaining('127.0.0.1:1/kaas'),
  });
  expect(inspect(fault)).not.toContain('hunter2');
  expect(await faultOf(openStore('postgres://kaas@nowhere.invalid/kaas'))).toMatchObject({ code: 'store/unreachable' });
});

test('a server that hangs up is unreachable', async () => {
  const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  expect(await faultOf(openStore(`postgres://kaas@127.0.0.1:${port}/kaas`))).toMatchObject({ code: 'store/unreachable' });
  await new Promise(resolve => server.close(resolve));
});

describe.skipIf(postgresUrl === undefined)('on a real server', () => {
  test('a wrong password and an absent database are faults that say what to do', async () => {
    const wrong = await faultOf(openStore(altered(url => (url.password = 'hunter2'))));
    expect(wrong).toMatchObject({ name: 'Fault', code: 'store/not-authorized', remedy: expect.any(String) });
    expect(inspect(wrong)).not.toContain('hunter2');
    expect(await faultOf(openStore(altered(url => (url.pathname = '/absent'))))).toMatchObject({ code: 'store/no-database' });
    const schemaless = altered(url => url.searchParams.set('options', '-csearch_path=absent'));
    expect(await faultOf(openStore(schemaless))).toMatchObject({ code: 'store/no-schema' });
  });

  test('a store of a newer version is refused', async () => {
    await using database = await postgresDatabase();
    await (await database.open())[Symbol.asyncDispose]();
    const schema = new URL(database.url).searchParams.get('options')?.split('=')[1];
    await onServer(`update ${schema}.kaas_schema set version = 99`);
    expect(await faultOf(database.open())).toMatchObject({ code: 'store/newer-schema' });
  });

  test('a store outlives the loss of its connections', async () => {
    await using database = await postgresDatabase();
    const url = new URL(database.url);
    url.searchParams.set('application_name', url.searchParams.get('options')?.split('=')[1] as string);
    await using store = await openStore(url.href);
    await store.appendAudit([entry]);
    await onServer(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${url.searchParams.get('application_name')}'`,
    );
    const once = await faultOf(store.appendAudit([entry]));
    if (once !== undefined) expect(once).toMatchObject({ code: 'store/unreachable', retry: 'later' });
    await store.appendAudit([entry]);
    expect((await store.audit({})).length).toBe(once === undefined ? 3 : 2);
  });
});
