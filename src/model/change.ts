import type { Position } from './position.ts';

/** A field of a resource as both sides can name it: `partitions`, `config.retention.ms`. Null: not set. */
export type FieldValue = string | number | boolean | null;
export type Fields = Readonly<Record<string, FieldValue>>;

/** The value of a field that becomes the time at which its change is applied (ISO 8601), so that a plan reads the same whenever it is made. */
export const whenApplied = 'when applied';

/** Shown instead of a live text where a document names a secret and the outside holds something else. */
export const anotherValue = '(another value)';

/** What a text that names a secret stands for until the same plan gives that secret another value. */
export const valueBefore = '(the value before)';

export type Action = 'create' | 'update' | 'delete' | 'adopt' | 'forget' | 'move' | 'none';
export type State = 'ready' | 'blocked' | 'impossible' | 'inProgress';
const risks = ['safe', 'disruptive', 'destructive', 'irreversible'] as const;
export type Risk = (typeof risks)[number];
export type Probe = 'accepted' | 'deferred' | 'notProbed';

export interface FieldChange {
  readonly path: string;
  readonly from: FieldValue;
  readonly to: FieldValue;
  readonly risk: Risk;
}

export interface Reason {
  readonly code: string;
  readonly message: string;
}

export interface Blocker extends Reason {
  /** Who can unblock it, in words: a tenant, the platform. */
  readonly who: string;
}

/** A document whose owner feels a change: how it uses what changes. */
export interface Affected {
  /** `TENANT/KIND/NAME`, or `KIND/NAME` of the platform. */
  readonly document: string;
  readonly tenant: string | null;
  /** The tenant's owners, in words. */
  readonly owners: readonly string[];
  readonly as: 'reads' | 'writes' | 'connects' | 'describes' | 'refers';
}

/** One difference between Git and a cluster. It says all that applying it needs, so a saved plan stands alone. */
export interface Change {
  readonly action: Action;
  /** A person asked for it, not Git: a restart, a reset. The ledger knows nothing of it. */
  readonly operation?: string;
  readonly cluster: string | null;
  readonly clusterId: string;
  readonly tenant: string | null;
  readonly kind: string;
  readonly name: string;
  readonly remoteName: string;
  /** The live object's id where the outside gives one. */
  readonly remoteId: string | null;
  readonly digest: string;
  readonly at?: Position;
  readonly fields: readonly FieldChange[];
  readonly state: State;
  readonly probe: Probe;
  readonly risk: Risk;
  readonly reasons: readonly Reason[];
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly blockedBy: readonly Blocker[];
  readonly declaredBy: readonly string[];
  /** Who else feels it, for what is not safe; absent where nobody does. */
  readonly affected?: readonly Affected[];
  /** Fields that the ledger will say we own once it is applied (for create, update, adopt, move). */
  readonly owned: Fields;
  readonly protected: boolean;
  /** It stood on the cluster before we first applied it. */
  readonly preexisting: boolean;
  /** Declared names (`tenant/Kind/name`) of what it needs first. */
  readonly needs: readonly string[];
  /** For `move`: what it was called. */
  readonly movedFrom?: {
    readonly environment: string;
    /** The logical cluster, where that was called otherwise. */
    readonly cluster?: string;
    readonly tenant: string | null;
    readonly kind: string;
    readonly name: string;
  };
}

export type OutcomeState = 'applied' | 'started' | 'failed' | 'skipped' | 'refused' | 'unknown';

export interface Outcome {
  readonly state: OutcomeState;
  /** Why, for all but `applied`. */
  readonly message?: string;
  readonly code?: string;
  readonly remoteId?: string | null;
}

export const worstRisk = (values: Iterable<Risk>): Risk => {
  let worst = 0;
  for (const value of values) worst = Math.max(worst, risks.indexOf(value));
  return risks[worst] as Risk;
};
