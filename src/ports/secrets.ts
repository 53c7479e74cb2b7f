import type { Redacted } from '#model/redacted.ts';

/** One store of secrets. `put` is durable before it resolves. A missing key is `undefined`; a store that cannot be read throws a `Fault`. */
export interface Secrets {
  get(key: string): Promise<Redacted | undefined>;
  put(key: string, value: Redacted): Promise<void>;
  putAll(values: ReadonlyMap<string, Redacted>): Promise<void>;
  delete(key: string): Promise<void>;
  /** Names only. */
  keys(): Promise<string[]>;
}
