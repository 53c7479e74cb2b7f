import type { Fact } from '#model/fact.ts';
import type { Surroundings } from '../kind.ts';

type Account = Extract<Fact, { fact: 'account' }>;

const memo = new WeakMap<readonly Account[], Map<string, Account[]>>();

/** Accounts of the environment whose passwords are kept in the same place: one would take the other's password, and its removal the other's secret. */
export function sharingKey(credential: string, around: Surroundings): readonly Account[] {
  const accounts = around.facts('account');
  let byPlace = memo.get(accounts);
  if (byPlace === undefined) {
    byPlace = Map.groupBy(
      accounts.filter(each => each.credential !== undefined),
      each => each.credential as string,
    );
    memo.set(accounts, byPlace);
  }
  return byPlace.get(credential) ?? [];
}
