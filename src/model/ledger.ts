import type { FieldValue } from './change.ts';

/** What we applied to one remote object and therefore own. */
export interface LedgerEntry {
  readonly landscape: string;
  readonly environment: string;
  /** The logical cluster of the environment. */
  readonly cluster: string;
  readonly clusterId: string;
  readonly tenant: string | null;
  readonly kind: string;
  readonly name: string;
  readonly remoteName: string;
  /** Kafka's topic id or the like: the same name with another id is not ours. */
  readonly remoteId: string | null;
  /** The fields we set with their values; a secret only as reference and keyed digest. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly protected: boolean;
  /** It stood there before us: `adopt` brought it in. */
  readonly preexisting: boolean;
  readonly declaredBy: readonly string[];
  readonly commit: string;
  readonly file: string | null;
  /** ISO 8601. */
  readonly appliedAt: string;
}
