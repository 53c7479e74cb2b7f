import type { Change, Outcome } from '#model/change.ts';
import type { LedgerEntry } from '#model/ledger.ts';

export interface LedgerScope {
  readonly landscape?: string;
  readonly environment?: string;
  readonly clusterId?: string;
}

export interface IntentScope {
  readonly landscape?: string;
  readonly environment?: string;
}

/** An intent: durable before the call that it announces. */
export interface Intent {
  readonly id: string;
  readonly runId: string;
  readonly environment: string;
  readonly change: Change;
  readonly openedAt: string;
}

export interface Settlement {
  readonly intentId: string;
  readonly outcome: Outcome;
  /** Nothing that can be read will ever tell more: the intent ends although its outcome is `unknown`. */
  readonly ends?: true;
  /** What the ledger shall say from now on: an entry, `null` to remove the change's entry, absent to leave it. */
  readonly ledger?: LedgerEntry | null;
}

/** One apply of one environment. */
export interface Run {
  readonly id: string;
  readonly landscape: string;
  readonly environment: string;
  readonly revision: string;
  readonly planDigest: string;
  readonly actor: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Counts per outcome state. */
  readonly summary: Readonly<Record<string, number>>;
  /** The plan as `plan -o json` printed it, with outcomes once finished. */
  readonly plan: unknown;
}

export interface AuditEntry {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly event: string;
  readonly data: unknown;
}

/** Held by one writer at a time. `check` throws a `Fault` (`store/lease-lost`) when somebody else took over; it also renews. */
export interface Lease extends AsyncDisposable {
  check(): Promise<void>;
}

/**
 * Ledger, journal, lease, audit and history in one database. An outcome and its ledger entry commit together (`settle`);
 * what `begin` wrote survives a kill. SQLite for one machine, Postgres for several: one contract suite for both.
 */
export interface Store extends AsyncDisposable {
  ledger(scope: LedgerScope): Promise<LedgerEntry[]>;
  /** Cluster ids pinned at first contact, by KafkaCluster name. */
  pinnedClusterId(cluster: string): Promise<string | undefined>;
  pinClusterId(cluster: string, clusterId: string): Promise<void>;
  startRun(run: Run): Promise<void>;
  finishRun(id: string, finishedAt: string, summary: Readonly<Record<string, number>>, plan: unknown): Promise<void>;
  /** Newest first; of one landscape where several share the store. */
  runs(scope: { environment: string; landscape?: string; limit?: number }): Promise<Run[]>;
  begin(intents: readonly Intent[]): Promise<void>;
  settle(settlements: readonly Settlement[]): Promise<void>;
  /** Oldest first; of one landscape where several share the store. */
  openIntents(scope: IntentScope): Promise<Intent[]>;
  /** Throws a `Fault` (`store/leased`, naming the holder and until when) when somebody else holds it. */
  acquireLease(resource: string, holder: string, ttlMs: number): Promise<Lease>;
  appendAudit(entries: readonly Omit<AuditEntry, 'sequence'>[]): Promise<void>;
  audit(range: { after?: number; limit?: number }): Promise<AuditEntry[]>;
}
