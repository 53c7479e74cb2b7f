import type { Fact } from '#model/fact.ts';
import type { Resource } from '#model/resource.ts';
import { besideWhich, type Kept, keptIn, keptText, mayClaim, storeName } from '#model/secret-store.ts';
import type { Surroundings } from '../kind.ts';
import { placeOf } from './project.ts';
import type { ServiceAccountSpec } from './spec.ts';

type Account = Extract<Fact, { fact: 'account' }>;

const memo = new WeakMap<readonly Account[], Map<string, Account[]>>();

/** Its place with the store as this tenant means it: two tenants may each have a `vault`. */
function meantPlace({ credential, tenant }: Account, around: Surroundings): string {
  const { store, key } = keptIn(credential) as Kept;
  const found = around.resolve({ kind: 'SecretStore', name: store }, tenant);
  return keptText({ store: found === undefined ? store : storeName(found), key });
}

/** Accounts of the environment whose passwords are kept in the same place: one would take the other's password, and its removal the other's secret. */
export function sharingKey(credential: string, around: Surroundings): readonly Account[] {
  const accounts = around.facts('account');
  let byPlace = memo.get(accounts);
  if (byPlace === undefined) {
    byPlace = Map.groupBy(
      accounts.filter(each => mayKeep(each, around)),
      each => meantPlace(each, around),
    );
    memo.set(accounts, byPlace);
  }
  return byPlace.get(credential) ?? [];
}

/** Has it a credential, where it may keep one? Who writes below another tenant's name has that problem alone. */
const mayKeep = ({ credential, tenant }: Account, around: Surroundings): boolean =>
  credential !== undefined && around.storeRefusal({ tenant, ...(keptIn(credential) as Kept) }) === undefined;

/** Whose rotation would write over the password of this account: the one whose name it continues by `.next` or `.mechanism`. */
export function besidePasswordOf(account: Resource, around: Surroundings): Account | undefined {
  const password = besideWhich(placeOf(account) ?? '');
  return password === undefined ? undefined : sharingKey(password, around)[0];
}

const elsewhere = new WeakMap<readonly Resource[], Map<unknown, Resource[]>>();
const keepsPassword = (account: Resource): boolean => account.managed && placeOf(account) !== undefined;

/** Accounts of other environments whose passwords would be kept where this one's is. Only a key that somebody wrote can be the same: others are not composed without one. */
export function sharingKeyElsewhere(account: Resource, others: () => readonly Resource[]): readonly Resource[] {
  const { credentials } = account.spec as ServiceAccountSpec;
  if (credentials?.deliverTo?.key === undefined || !keepsPassword(account)) return [];
  const all = others();
  let byPlace = elsewhere.get(all);
  if (byPlace === undefined) {
    const claims = (each: Resource) => keepsPassword(each) && mayClaim(each.tenant, keptIn(placeOf(each)) as Kept);
    byPlace = Map.groupBy(all.filter(claims), each => placeOf(each));
    elsewhere.set(all, byPlace);
  }
  return byPlace.get(placeOf(account)) ?? [];
}
