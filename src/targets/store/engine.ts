import type { Kysely, RawBuilder, Transaction } from 'kysely';
import type { Tables } from './schema.ts';

/** One open database and the few things in which SQLite and Postgres differ. */
export interface Engine extends AsyncDisposable {
  readonly db: Kysely<Tables>;
  /** The present in milliseconds since 1970, as SQL: the database's clock where several machines share it. */
  now(): RawBuilder<number>;
  /** Lets one transaction at a time past this point for the same `what`, until it ends. */
  serialise(transaction: Transaction<Tables>, what: string): Promise<void>;
  /** What an error of the driver means: a `Fault`, a `Bug`, or the error itself where it is none of the database's. */
  translate(error: unknown): unknown;
}

/** Runs an operation and throws what the engine makes of its error. */
export async function translated<Value>(engine: Pick<Engine, 'translate'>, operation: () => Promise<Value>): Promise<Value> {
  try {
    return await operation();
  } catch (error) {
    throw engine.translate(error);
  }
}

/** Slices of at most `size`: a multi-row statement stays below both databases' limit of bound parameters (32,766 and 65,535). */
export function* slices<Item>(items: readonly Item[], size = 1000): Generator<Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
