import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { type Engine, translated } from './engine.ts';
import type { StoreOptions } from './open-store.ts';
import { postgresTranslation } from './postgres-faults.ts';
import { migrate, type Tables } from './schema.ts';

/** Opens a Postgres database; the tables stand in the first schema of its search path. Who waits for a lock waits 15 seconds at most. */
export async function openPostgres(url: string, options: StoreOptions): Promise<Engine> {
  const translate = postgresTranslation(url);
  return translated({ translate }, async () => {
    const engine = new PostgresEngine(url, options, translate);
    try {
      await migrate(engine, true);
      return engine;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  });
}

class PostgresEngine implements Engine {
  readonly db: Kysely<Tables>;
  readonly translate: (error: unknown) => unknown;
  readonly #clock: (() => Date) | undefined;

  constructor(url: string, options: StoreOptions, translate: (error: unknown) => unknown) {
    const pool = new pg.Pool({
      connectionString: url,
      application_name: 'kaas',
      max: 4,
      connectionTimeoutMillis: 10_000,
      lock_timeout: 15_000,
      keepAlive: true,
      types: { getTypeParser: typeParser },
    });
    // An idle connection that breaks leaves the pool by itself; without a listener the event would end the process.
    pool.on('error', () => {});
    this.db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
    this.translate = translate;
    this.#clock = options.now;
  }

  now() {
    const clock = this.#clock;
    return clock === undefined
      ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
      : sql<number>`${sql.lit(clock().getTime())}::bigint`;
  }

  async serialise(transaction: Transaction<Tables>, what: string): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtext('kaas ' || current_schema() || ' ' || ${what}))`.execute(transaction);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.db.destroy();
  }
}

/** Our `bigint` columns hold sequences and times, far below 2^53. */
const typeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;
