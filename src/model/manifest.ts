import type { JsonObject } from './json.ts';
import type { Located } from './position.ts';

export const apiVersion = 'kaas.dev/v1';

export interface Metadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Environments in which the document holds; all without it. */
  readonly environments?: readonly string[];
  /** Logical clusters (keys of `Environment.clusters`); the tenant's or the environment's default without it. */
  readonly clusters?: readonly string[];
  /** `false`: it exists, may be referred to, is never written. */
  readonly managed?: boolean;
  readonly protected?: boolean;
}

/** A document as written in Git, its envelope checked, its `spec` not yet. The folder says whose it is and where it holds. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: JsonObject;
  readonly patch: 'create' | 'delete' | null;
  /** The tenant whose folder it stands in; null is the platform (and `kaas.yaml`). */
  readonly tenant: string | null;
  /** The environment whose folder (`environments/<env>/`) it stands in; null for a base document. */
  readonly overlay: string | null;
  /** Imported under `unassigned/`: ownership is not checked. */
  readonly unassigned: boolean;
  readonly located: Located;
}
