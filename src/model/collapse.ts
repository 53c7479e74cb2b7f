import type { Reason } from './change.ts';
import type { Fact } from './fact.ts';
import type { OwnedCategory } from './frame/frame.ts';
import type { JsonObject } from './json.ts';

/** A document that import would write. */
export interface Manifested {
  readonly kind: string;
  readonly name: string;
  readonly tenant: string | null;
  readonly spec: JsonObject;
}

/** What `collapse` may know of the rest. */
export interface Collapsing {
  readonly prefix: string;
  facts<Name extends Fact['fact']>(name: Name): readonly Extract<Fact, { fact: Name }>[];
  /** Who owns a name without prefix; null: nobody. */
  owner(category: OwnedCategory, name: string): string | null;
  /** The document, found or declared, of what has this remote name on the cluster. */
  named(kind: string, remoteName: string): { readonly tenant: string | null; readonly name: string } | undefined;
  /** Is there a document, found or declared, of what has this remote name on any of the environment's clusters? A principal's name means the account everywhere. */
  livesAnywhere(kind: string, remoteName: string): boolean;
  /** Is there a document of this kind and name already? */
  declared(kind: string, name: string): boolean;
}

/** Documents of this kind instead of those in `taken`; they expand to exactly what these said, but for those in `left`, which no document says and why. */
export type Collapse = (
  found: readonly Manifested[],
  around: Collapsing,
) => {
  readonly taken: ReadonlySet<Manifested>;
  readonly made: readonly Manifested[];
  readonly left?: ReadonlyMap<Manifested, Reason>;
};
