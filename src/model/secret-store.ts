import type { TlsSpec } from './frame/frame.ts';
import { covers } from './name-pattern.ts';
import type { SecretReference } from './redacted.ts';

/** What a SecretStore document says; the kind's shape satisfies it. */
export type SecretStoreSpec = LocalStoreSpec | VaultStoreSpec | KubernetesStoreSpec | AwsStoreSpec | AzureStoreSpec;

interface ForTenants {
  /** Of a platform's store: the tenants that it is for; absent: every one. */
  readonly tenants?: readonly string[];
}

export interface LocalStoreSpec extends ForTenants {
  readonly type: 'local';
  readonly file?: string;
}

export interface VaultStoreSpec extends ForTenants {
  readonly type: 'vault';
  readonly url: string;
  readonly mount?: string;
  readonly path?: string;
  readonly namespace?: string;
  readonly field?: string;
  /** One of these three. */
  readonly token?: SecretReference;
  readonly appRole?: { readonly roleId: string; readonly secretId: SecretReference; readonly mount?: string };
  readonly kubernetes?: { readonly role: string; readonly jwt?: SecretReference; readonly mount?: string };
  readonly tls?: TlsSpec;
}

export interface KubernetesStoreSpec extends ForTenants {
  readonly type: 'kubernetes';
  readonly url?: string;
  readonly namespace: string;
  readonly field?: string;
  readonly token?: SecretReference;
  readonly tls?: TlsSpec;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface AwsStoreSpec extends ForTenants {
  readonly type: 'aws';
  readonly region: string;
  readonly endpoint?: string;
  readonly prefix?: string;
  readonly field?: string;
  readonly credentials?: {
    readonly accessKeyId: SecretReference;
    readonly secretAccessKey: SecretReference;
    readonly sessionToken?: SecretReference;
  };
}

export interface AzureStoreSpec extends ForTenants {
  readonly type: 'azure';
  readonly vaultUrl: string;
  readonly loginUrl?: string;
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly clientSecret?: SecretReference;
  readonly federatedToken?: SecretReference;
}

/** The stores that documents declare in one environment, by `storeName`. */
export type SecretStores = ReadonlyMap<string, SecretStoreSpec>;

/** The store that needs no document. */
export const localStore = 'local';

/** How a store is named where nobody's view of the landscape counts: `NAME` of the platform's, `TENANT/NAME` of a tenant's. */
export const storeName = ({ tenant, name }: { readonly tenant: string | null; readonly name: string }): string =>
  tenant === null ? name : `${tenant}/${name}`;

/** Where one secret is kept, as the plan and the ledger show it: `vault/payments/dev/main/x`, of a tenant's own store `payments:vault/…`. */
export interface Kept {
  /** By `storeName`. */
  readonly store: string;
  readonly key: string;
}

export const keptText = ({ store, key }: Kept): string => `${store.replace('/', ':')}/${key}`;

export function keptIn(text: unknown): Kept | undefined {
  if (typeof text !== 'string' || !text.includes('/')) return undefined;
  const slash = text.indexOf('/');
  return { store: text.slice(0, slash).replace(':', '/'), key: text.slice(slash + 1) };
}

/** Beside a password: the key of the mechanism that it is under. Clients take both together, as a rotation changes both. */
export const mechanismKey = (key: string): string => `${key}.mechanism`;
/** Beside a password while a rotation is under way: the next one, until the brokers have it. */
export const nextKey = (key: string): string => `${key}.next`;
/** All keys that an account can have filled. */
export const keysOf = (key: string): string[] => [key, mechanismKey(key), nextKey(key)];
/** The key of the password that this one would stand beside; undefined where none is written so. */
export const besideWhich = (key: string): string | undefined => /^(.+)\.(?:mechanism|next)$/.exec(key)?.[1];

/** What stands between the braces of `${secret.…}` of a place as `keptText` writes it: the store by its plain name, and the key. */
export function secretVariable(text: string): string {
  const kept = keptIn(text);
  return kept === undefined ? text : `${kept.store.slice(kept.store.indexOf('/') + 1)}.${kept.key}`;
}

/** A store as the rules see it: whose document it is, and whom the platform gave it to. */
export interface StoreOwner {
  readonly tenant: string | null;
  readonly name: string;
  readonly tenants?: readonly string[];
}

/** An owner's consent that another tenant may use a store of its own. */
export interface StoreConsent {
  readonly from: string | null;
  readonly to: string;
  /** By `storeName`. */
  readonly store: string;
}

export interface StoreRefusal {
  readonly code: 'not-granted' | 'foreign-key';
  readonly message: string;
}

/** May this tenant consent to others' use of a store? It is its own, or the platform gave it to this tenant alone. */
export const ownsStore = (tenant: string | null, store: StoreOwner): boolean =>
  store.tenant === tenant || (store.tenant === null && store.tenants?.length === 1 && store.tenants[0] === tenant);

/** Can a tenant claim this place at all, whatever is granted to it? In a store that is not its own its keys begin with its name. */
export const mayClaim = (tenant: string | null, { store, key }: Kept): boolean =>
  tenant === null || store.startsWith(`${tenant}/`) || covers(`${tenant}/*`, key);

/**
 * Why a tenant may not use this key of a store, in words; undefined where it may. Its own store it uses as it likes; in any other its keys begin with
 * its name, and a store of another tenant, or one that the platform gave to others, needs that owner's consent besides.
 */
export function storeRefusal(
  use: { readonly tenant: string | null; readonly store: StoreOwner; readonly key: string | undefined },
  consents: readonly StoreConsent[],
): StoreRefusal | undefined {
  const { tenant, store, key } = use;
  if (tenant === null || store.tenant === tenant) return undefined;
  const open = store.tenant === null && (store.tenants === undefined || store.tenants.includes(tenant));
  const granted = consents.some(each => each.to === tenant && each.store === storeName(store) && ownsStore(each.from, store));
  if (!open && !granted) {
    const whose = store.tenant ?? store.tenants?.join(', ') ?? '';
    return {
      code: 'not-granted',
      message: `The store \`${storeName(store)}\` is ${whose}'s, which has not granted it to ${tenant}.`,
    };
  }
  if (key !== undefined && !covers(`${tenant}/*`, key))
    return { code: 'foreign-key', message: `\`${key}\` does not begin with \`${tenant}/\`.` };
  return undefined;
}
