import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { MemoryTables, memoryStore } from '#targets/memory/store.ts';
import { openStore } from '#targets/store/open-store.ts';
import type { StoreDatabase } from './fresh-stores.ts';

/** A database that other processes can open too. */
export interface SharedDatabase extends StoreDatabase {
  readonly url: string;
}

export async function memoryDatabase(): Promise<StoreDatabase> {
  const tables = new MemoryTables();
  return { open: async options => memoryStore({ ...options, tables }), async [Symbol.asyncDispose]() {} };
}

export async function sqliteDatabase(): Promise<SharedDatabase> {
  const directory = await mkdtemp(path.join(tmpdir(), 'kaas-store-'));
  const url = `sqlite:${path.join(directory, '.kaas', 'kaas.db')}`;
  return {
    url,
    open: options => openStore(url, options),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

/** The address of the Postgres server that the whole test run shares; its absence fails the run in CI. */
export const postgresUrl = process.env.KAAS_TEST_POSTGRES_URL;

/** One schema of its own on the shared server. */
export async function postgresDatabase(): Promise<SharedDatabase> {
  const schema = `kaas_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(postgresUrl as string);
  url.searchParams.set('options', `-csearch_path=${schema}`);
  await onServer(`create schema ${schema}`);
  return {
    url: url.href,
    open: options => openStore(url.href, options),
    [Symbol.asyncDispose]: () => onServer(`drop schema ${schema} cascade`),
  };
}

export async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
