import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leaseContract } from './lease.contract.ts';
import { storeContract } from './store.contract.ts';
import { memoryDatabase, postgresDatabase, postgresUrl, type SharedDatabase, sqliteDatabase } from './store-databases.ts';
import { aChange, anEntry, anIntent } from './store-samples.ts';

const absent = postgresUrl === undefined;

describe('in memory', () => {
  storeContract(memoryDatabase);
  leaseContract(memoryDatabase);
});
describe('on SQLite', () => {
  storeContract(sqliteDatabase);
  leaseContract(sqliteDatabase);
  acrossProcesses(sqliteDatabase);
});
describe.skipIf(absent)('on Postgres', () => {
  storeContract(postgresDatabase);
  leaseContract(postgresDatabase);
  acrossProcesses(postgresDatabase);
});
if (process.env.CI === 'true')
  test('CI names a Postgres server in KAAS_TEST_POSTGRES_URL', () => {
    expect(postgresUrl).toMatch(/^postgres(ql)?:\/\//);
  });

function acrossProcesses(make: () => Promise<SharedDatabase>): void {
  describe('across processes', () => {
    let database: SharedDatabase;
    const children: Child[] = [];
    beforeEach(async () => {
      database = await make();
    });
    afterEach(async () => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
      await database[Symbol.asyncDispose]();
    });
    const start = (task: string): Child => {
      const file = fileURLToPath(new URL('store-child.ts', import.meta.url));
      const child = spawn(process.execPath, [file, database.url, task], { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      return child;
    };

    test('an intent survives the kill of its writer, whose lease runs out by itself', async () => {
      const child = start('begin-and-hang');
      expect(await firstLine(child)).toBe('begun');
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      await using store = await database.open();
      expect(await store.openIntents({ environment: 'dev' })).toEqual([anIntent('i-1', aChange(anEntry()))]);
      expect(await store.runs({ environment: 'dev' })).toMatchObject([{ id: 'run-1', finishedAt: null }]);
      const takeOver = () => store.acquireLease('cluster c-1', 'successor', 1000);
      await expect.poll(() => takeOver().then(() => 'taken'), { timeout: 10_000 }).toBe('taken');
      await store.settle([{ intentId: 'i-1', outcome: { state: 'applied' }, ledger: anEntry() }]);
      expect(await store.ledger({})).toEqual([anEntry()]);
    });

    test('of four processes that start at once on an empty database one holds the lease', async () => {
      const words = await Promise.all([1, 2, 3, 4].map(() => firstLine(start('contend'))));
      // A process that ends releases nothing by itself: its lease stays until it runs out.
      expect(words.sort()).toEqual(['held', 'store/leased', 'store/leased', 'store/leased']);
    });

    test('processes that open and write at once lose nothing', async () => {
      expect(await Promise.all([1, 2, 3].map(() => firstLine(start('open-and-append'))))).toEqual(['done', 'done', 'done']);
      await using store = await database.open();
      expect((await store.audit({})).map(entry => entry.sequence)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    });

    test('stores that open at once in one process find one schema', async () => {
      const stores = await Promise.all(Array.from({ length: 8 }, () => database.open()));
      for (const store of stores) await store[Symbol.asyncDispose]();
    });
  });
}

type Child = ChildProcessByStdio<null, Readable, null>;

async function firstLine(child: Child): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.trim();
}
