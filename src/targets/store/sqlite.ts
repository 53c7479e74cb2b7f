import { chmod, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import type { Engine } from './engine.ts';
import { translated } from './engine.ts';
import type { StoreOptions } from './open-store.ts';
import { migrate, type Tables } from './schema.ts';
import { sqliteDialect, whenFree } from './sqlite-dialect.ts';
import { sqliteTranslation } from './sqlite-faults.ts';

/** Opens a file that only its owner may read; its directory is made. WAL with full synchronisation: a commit survives a power cut. */
export async function openSqlite(file: string, options: StoreOptions): Promise<Engine> {
  const translate = sqliteTranslation(file);
  return translated({ translate }, async () => {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives its -wal and -shm files the mode of the database file.
    await (await open(file, 'a', 0o600)).close();
    await chmod(file, 0o600);
    const database = new DatabaseSync(file, { timeout: 20 });
    try {
      await whenFree(() => database.exec('pragma journal_mode = wal'));
      database.exec('pragma synchronous = full; pragma foreign_keys = on');
      const engine = new SqliteEngine(database, options, translate);
      await migrate(engine, false);
      return engine;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

class SqliteEngine implements Engine {
  readonly db: Kysely<Tables>;
  readonly translate: (error: unknown) => unknown;
  readonly #clock: () => Date;
  constructor(database: DatabaseSync, options: StoreOptions, translate: (error: unknown) => unknown) {
    this.db = new Kysely<Tables>({ dialect: sqliteDialect(database) });
    this.translate = translate;
    this.#clock = options.now ?? (() => new Date());
  }
  now() {
    return sql<number>`${sql.lit(this.#clock().getTime())}`;
  }
  /** Every transaction holds the only write lock already. */
  async serialise(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {
    await this.db.destroy();
  }
}
