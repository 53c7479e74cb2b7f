import { Fault } from '#model/fault.ts';
import type { AuditEntry, Intent, IntentScope, Lease, LedgerScope, Run, Settlement, Store } from '#ports/store.ts';
import { appendAudit, readAudit } from './audit.ts';
import { type Engine, translated } from './engine.ts';
import { begin, finishRun, openIntents, readRuns, startRun } from './journal.ts';
import { acquireLease } from './lease.ts';
import { readLedger } from './ledger-rows.ts';
import { pinClusterId, pinnedClusterId } from './pins.ts';
import { openPostgres } from './postgres.ts';
import { settle } from './settle.ts';
import { openSqlite } from './sqlite.ts';

export interface StoreOptions {
  /** The clock for leases; without it this machine's for SQLite and the server's for Postgres. */
  readonly now?: () => Date;
}

/**
 * Opens `sqlite:PATH` or `postgres://…`, makes or migrates its tables, and is safe to call from many processes at once.
 * Throws a `Fault` (`store/unreachable`, `store/corrupt`, `store/newer-schema` …) with a remedy.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  const separator = url.indexOf(':');
  const scheme = url.slice(0, separator);
  if (scheme === 'sqlite' && url.length > 'sqlite:'.length)
    return new DatabaseStore(await openSqlite(url.slice('sqlite:'.length), options));
  if (scheme === 'postgres' || scheme === 'postgresql') return new DatabaseStore(await openPostgres(url, options));
  throw new Fault(
    'store/unknown-address',
    `A store's address starts with \`sqlite:\` or \`postgres://\`${separator > 0 ? `, not with \`${scheme}:\`` : ''}.`,
    {
      remedy: 'Write `store: "sqlite:.kaas/kaas.db"` in kaas.yaml, or name a variable that holds a `postgres://` address.',
    },
  );
}

class DatabaseStore implements Store {
  readonly #engine: Engine;
  constructor(engine: Engine) {
    this.#engine = engine;
  }
  ledger(scope: LedgerScope) {
    return this.#run(engine => readLedger(engine, scope));
  }
  pinnedClusterId(cluster: string) {
    return this.#run(engine => pinnedClusterId(engine, cluster));
  }
  pinClusterId(cluster: string, clusterId: string) {
    return this.#run(engine => pinClusterId(engine, cluster, clusterId));
  }
  startRun(run: Run) {
    return this.#run(engine => startRun(engine, run));
  }
  finishRun(id: string, finishedAt: string, summary: Run['summary'], plan: unknown) {
    return this.#run(engine => finishRun(engine, { id, finishedAt, summary, plan }));
  }
  runs(scope: { environment: string; limit?: number }) {
    return this.#run(engine => readRuns(engine, scope));
  }
  begin(intents: readonly Intent[]) {
    return this.#run(engine => begin(engine, intents));
  }
  settle(settlements: readonly Settlement[]) {
    return this.#run(engine => settle(engine, settlements));
  }
  openIntents(scope: IntentScope) {
    return this.#run(engine => openIntents(engine, scope));
  }
  acquireLease(resource: string, holder: string, ttlMs: number): Promise<Lease> {
    return this.#run(engine => acquireLease(engine, { resource, holder, ttlMs }));
  }
  appendAudit(entries: readonly Omit<AuditEntry, 'sequence'>[]) {
    return this.#run(engine => appendAudit(engine, entries));
  }
  audit(range: { after?: number; limit?: number }) {
    return this.#run(engine => readAudit(engine, range));
  }
  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#engine[Symbol.asyncDispose]();
  }
  #run<Value>(operation: (engine: Engine) => Promise<Value>): Promise<Value> {
    return translated(this.#engine, () => operation(this.#engine));
  }
}
