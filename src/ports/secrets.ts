import type { Redacted } from '#model/redacted.ts';

/** What a secret is for; nothing of it is secret. Stores keep of it what they can: as labels, tags, or fields beside the value. */
export interface SecretUse {
  /** The document that asks for it: `payments/ServiceAccount/payments.checkout`. */
  readonly resource: string;
  readonly environment: string;
  readonly cluster: string;
  /** Who logs in with it, without the principal's type. */
  readonly account: string;
  /** `kafka-credential`: a password for brokers. */
  readonly category: 'kafka-credential';
  /** The day on which it was made: `2026-03-31`. */
  readonly made: string;
  /** What a client needs beside the value, by the names of the Service Binding specification: `username`, `bootstrap-servers` … */
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * One store of secrets. `put` is durable before it resolves. A missing key is `undefined`; a store that cannot be read throws a `Fault`, one that refuses
 * some of many keys `RefusedKeys`, when it has done the others.
 */
export interface Secrets {
  get(key: string): Promise<Redacted | undefined>;
  /** Those that exist, in one read where the store can. */
  getAll(keys: readonly string[]): Promise<Map<string, Redacted>>;
  put(key: string, value: Redacted): Promise<void>;
  /** Where the store has versions, a key that somebody else wrote since we read it is a `Fault` (`secrets/conflict`), never overwritten. */
  putAll(values: ReadonlyMap<string, Redacted>, uses?: ReadonlyMap<string, SecretUse>): Promise<void>;
  /** In one write where the store can, recoverable where it can; a key that is not there is no failure. */
  deleteAll(keys: readonly string[]): Promise<void>;
  /** Names only. */
  keys(): Promise<string[]>;
  /** Where a person or an application finds a key, in the store's own words: `secret/kaas/x, field password`. Asks nobody. */
  place(key: string): Promise<string>;
  /** Where in the world a key is kept: equal for two stores that keep it in one and the same place, whose writes and deletions meet there. Asks nobody. */
  address(key: string): Promise<string>;
  /** Can it be reached, and may we read, write and delete there? In words; what is missing is a `Fault`. Writes nothing. */
  examine(): Promise<string>;
}
