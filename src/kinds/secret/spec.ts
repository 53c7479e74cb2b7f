import { z } from 'zod';
import type { Resource } from '#model/resource.ts';
import { type Kept, keptText, localStore, storeName } from '#model/secret-store.ts';

/** What a user may write in the `spec` of a Secret. */
export const SecretSpec = z.strictObject({
  store: z.string().min(1).optional().describe('The SecretStore that its value is kept in; `local` without it.'),
  key: z
    .string()
    .regex(/^[A-Za-z0-9@_-][A-Za-z0-9@._-]*(\/[A-Za-z0-9@_-][A-Za-z0-9@._-]*)*$/, 'names with slashes between them')
    .optional()
    .describe('The key in it; `<tenant>/<name>` without it. Several values stand below it, as `<key>/<entry>`.'),
  sealed: z
    .union([z.string(), z.record(z.string().regex(/^[A-Za-z0-9._-]+$/, 'a name'), z.string())])
    .optional()
    .describe('An age armour, as `kaas secret seal` and `age --armor` write it, or several by the name of their entry.'),
  file: z.string().optional().describe('A file beside the document: an age armour, a SOPS file (YAML, JSON) or a SealedSecret.'),
  entry: z
    .string()
    .min(1)
    .optional()
    .describe('The one entry of the file that is wanted; its value then stands under the key itself.'),
});
export type SecretSpec = z.infer<typeof SecretSpec>;

type Placed = Pick<Resource, 'name' | 'spec' | 'tenant'>;

const keyOf = ({ name, spec, tenant }: Placed): string => (spec as SecretSpec).key ?? `${tenant ?? '@platform'}/${name}`;

/** Where the value is kept with the store as its document names it, as `keptText`. Asked before the shape is checked, so whatever stands there is taken as text. */
export const writtenPlace = (secret: Placed): string =>
  keptText({ store: String((secret.spec as SecretSpec).store ?? localStore), key: String(keyOf(secret)) });

/** Two tenants may each have a store of one name, so the tenant goes before it. */
export const remoteNameOf = (secret: Placed): string =>
  secret.tenant === null || ((secret.spec as SecretSpec).store ?? localStore) === localStore
    ? writtenPlace(secret)
    : `${secret.tenant}:${writtenPlace(secret)}`;

/** Where the value is kept, with the store that the name leads to. */
export function keptOf(secret: Placed & Pick<Resource, 'refersTo'>): Kept {
  const declared = secret.refersTo.find(each => each.kind === 'SecretStore');
  const { store = localStore } = secret.spec as SecretSpec;
  return { store: declared === undefined ? store : storeName(declared), key: keyOf(secret) };
}

/** The sealed texts of a document by the name of their entry; a file, and a text that stands alone, under the empty name. */
export function textsOf({ spec, files }: Pick<Resource, 'spec' | 'files'>): ReadonlyMap<string, string> {
  const { sealed, file } = spec as SecretSpec;
  if (typeof sealed === 'string') return new Map([['', sealed]]);
  if (sealed !== undefined) return new Map(Object.entries(sealed));
  const text = file === undefined ? undefined : files?.[file];
  return text === undefined ? new Map() : new Map([['', text]]);
}
