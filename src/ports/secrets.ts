import type { Redacted } from '#model/redacted.ts';

/** One store of secrets. `put` is durable before it resolves. A missing key is `undefined`; a store that cannot be read throws a `Fault`. */
export interface Secrets {
  get(key: string): Promise<Redacted | undefined>;
  /** Those that exist, in one read where the store can. */
  getAll(keys: readonly string[]): Promise<Map<string, Redacted>>;
  put(key: string, value: Redacted): Promise<void>;
  putAll(values: ReadonlyMap<string, Redacted>): Promise<void>;
  /** In one write where the store can; a key that is not there is no failure. */
  deleteAll(keys: readonly string[]): Promise<void>;
  /** Names only. */
  keys(): Promise<string[]>;
}
