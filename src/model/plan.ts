import type { Action, Change, Outcome, State } from './change.ts';
import type { Problem } from './problem.ts';

export type PlanSummary = Readonly<Record<Exclude<Action, 'none'> | Exclude<State, 'ready'> | 'unchanged', number>>;

/** Everything that an environment's clusters differ from Git by. Self-contained: a saved plan can be applied without the landscape. */
export interface Plan {
  readonly schemaVersion: 1;
  readonly landscape: string;
  readonly environment: string;
  readonly revision: string;
  readonly digest: string;
  readonly policyDigest: string;
  /** Ready changes per action, then the other states. */
  readonly summary: PlanSummary;
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  /** The clusters that were read: logical name → KafkaCluster, its id, and what could not be read there: `KIND`, or `KIND/SERVER` where one of several servers beside the brokers failed. */
  readonly clusters: Readonly<
    Record<string, { readonly name: string; readonly clusterId: string; readonly unread?: readonly string[] }>
  >;
  /** What it was narrowed to; absent: all. A saved plan is compared with what the same narrowing finds. */
  readonly selection?: Selection;
  /** Deletions that the person confirmed, by name or plan digest; absent: none. No part of the digest: they decide what may be done, not what is asked for. */
  readonly confirmed?: readonly string[];
}

export interface AppliedChange extends Change {
  readonly outcome: Outcome;
}

export interface Applied extends Omit<Plan, 'changes'> {
  readonly runId: string;
  readonly changes: readonly AppliedChange[];
}

/** What a command was narrowed to; absent means all. */
export interface Selection {
  readonly tenants?: readonly string[];
  readonly kinds?: readonly string[];
  readonly names?: readonly string[];
  readonly clusters?: readonly string[];
}
