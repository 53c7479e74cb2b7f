import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditLink } from './audit.ts';
import { openStore } from './open-store.ts';
import { ledgerKey } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { sqliteTranslation } from './sqlite-faults.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'kaas-sqlite-'));
  file = path.join(directory, '.kaas', 'kaas.db');
});
afterEach(() => rm(directory, { recursive: true }));

const entry = { at: '2026-01-02T03:04:05.000Z', actor: 'ada', event: 'applied', data: { b: 1, a: 2 } };

test('only the owner may read the database, its log and its directory', async () => {
  await using store = await openStore(`sqlite:${file}`);
  await store.appendAudit([entry]);
  const names = await readdir(path.dirname(file));
  expect(names.sort()).toEqual(['kaas.db', 'kaas.db-shm', 'kaas.db-wal']);
  for (const name of names) expect((await stat(path.join(path.dirname(file), name))).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
});

test('each audit entry is chained to all before it, so that a changed one shows', async () => {
  await using store = await openStore(`sqlite:${file}`);
  await store.appendAudit([entry, { ...entry, actor: 'bob' }]);
  await store.appendAudit([{ ...entry, data: null }]);
  using database = new DatabaseSync(file);
  const links = database.prepare('select hash from kaas_audit order by sequence').all();
  let previous = '';
  for (const [index, each] of (await store.audit({})).entries()) {
    previous = auditLink(previous, each);
    expect(links[index]?.hash).toBe(previous);
  }
  expect(links).toHaveLength(3);
});

test('a write waits for the lock of another process without stopping this one', async () => {
  await using store = await openStore(`sqlite:${file}`);
  using other = new DatabaseSync(file);
  other.exec('begin immediate');
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 10);
  setTimeout(() => other.exec('commit'), 400);
  await store.appendAudit([entry]);
  clearInterval(ticking);
  expect(ticks).toBeGreaterThan(5);
  expect(await store.audit({})).toHaveLength(1);
});

test('a file that is no database, or a damaged one, is a fault and is left as it is', async () => {
  await mkdir(path.dirname(file));
  await writeFile(file, 'kind: Topic\n'.repeat(500));
  const corrupt = { name: 'Fault', code: 'store/corrupt', message: expect.stringContaining(file), remedy: expect.any(String) };
  await expect(openStore(`sqlite:${file}`)).rejects.toMatchObject(corrupt);
  expect((await stat(file)).size).toBe(6000);
});

test('a store of a newer version is refused', async () => {
  await (await openStore(`sqlite:${file}`))[Symbol.asyncDispose]();
  using database = new DatabaseSync(file);
  database.exec('update kaas_schema set version = 99');
  await expect(openStore(`sqlite:${file}`)).rejects.toMatchObject({
    name: 'Fault',
    code: 'store/newer-schema',
    message: expect.stringContaining('99'),
  });
});

test('a ledger of the first version keeps its entries under the new key', async () => {
  await mkdir(path.dirname(file));
  const key = ['landscape', 'environment', 'cluster', 'cluster_id', 'tenant', 'kind', 'name'];
  const columns = [...key, 'remote_name', 'rest'].map(column => `${column} text not null`).join(', ');
  {
    using database = new DatabaseSync(file);
    database.exec('create table kaas_schema (version integer not null)');
    database.exec('insert into kaas_schema values (1)');
    database.exec(
      `create table kaas_ledger (${columns}, remote_id text, constraint kaas_ledger_key primary key (${key.join(', ')}))`,
    );
    database.exec('create index kaas_ledger_cluster on kaas_ledger (cluster_id)');
    database.exec(
      `insert into kaas_ledger values ('l', 'dev', 'main', 'id', '', 'Quota', 'q', 'user=x', '{"fields":{"limits.a":1}}', null)`,
    );
  }
  for (let opened = 0; opened < 2; opened++) {
    await using store = await openStore(`sqlite:${file}`);
    expect(await store.ledger({ clusterId: 'id' })).toMatchObject([
      { name: 'q', remoteName: 'user=x', fields: { 'limits.a': 1 } },
    ]);
  }
});

test('the entries of one cluster are listed in their order without being sorted', async () => {
  await using store = await openStore(`sqlite:${file}`);
  expect(await store.ledger({ clusterId: 'id' })).toEqual([]);
  using database = new DatabaseSync(file);
  const steps = database.prepare(
    `explain query plan select * from kaas_ledger where cluster_id = 'id' order by ${ledgerKey.join(', ')}`,
  );
  expect(steps.all().map(step => step.detail)).toEqual(['SEARCH kaas_ledger USING INDEX kaas_ledger_cluster (cluster_id=?)']);
});

test('a path through a file, a directory as database and an unknown address are faults', async () => {
  await writeFile(path.join(directory, 'plain'), '');
  await expect(openStore(`sqlite:${directory}/plain/kaas.db`)).rejects.toMatchObject({
    code: 'store/cannot-open',
    remedy: expect.any(String),
  });
  await expect(openStore(`sqlite:${directory}`)).rejects.toMatchObject({ code: 'store/cannot-open' });
  await expect(openStore('mysql://user:hunter2@host/x')).rejects.toMatchObject({
    code: 'store/unknown-address',
    message: expect.not.stringContaining('hunter2'),
  });
});

test('a full disk is a fault, what stood before stays, and the connection can be used again', async () => {
  const database = new DatabaseSync(path.join(directory, 'small.db'));
  database.exec('pragma journal_mode = wal; pragma max_page_count = 20; create table t (x text)');
  const db = new Kysely<{ t: { x: string } }>({ dialect: sqliteDialect(database) });
  const fill = db.transaction().execute(async transaction => {
    for (let index = 0; index < 1000; index++)
      await transaction
        .insertInto('t')
        .values({ x: 'x'.repeat(1000) })
        .execute();
  });
  const error = await fill.catch((each: unknown) => each);
  expect(sqliteTranslation('small.db')(error)).toMatchObject({ name: 'Fault', code: 'store/disk-full', retry: 'later' });
  expect((await sql<{ n: number }>`select count(*) as n from t`.execute(db)).rows).toEqual([{ n: 0 }]);
  await db.insertInto('t').values({ x: 'y' }).execute();
  await db.destroy();
});
