import { bindingParts } from '#model/acl-binding.ts';
import type { Resource } from '#model/resource.ts';
import { secretVariable } from '#model/secret-store.ts';

interface LiveGroup {
  readonly id: string;
  readonly members: number;
}

const bindingsOf = (resources: readonly Resource[], cluster: string | null) =>
  resources.filter(each => each.kind === 'Acl' && each.cluster === cluster).map(each => bindingParts(each.remoteName));

/**
 * Who logs in with an account's credential, as far as documents and brokers tell: documents that refer to the account or to its secret (`keptIn` is
 * `STORE/KEY`), and groups with members that only it may be in. Brokers do not say who a member logged in as, and producers leave no trace.
 */
export function usersOf(
  account: Resource,
  resources: readonly Resource[],
  { keptIn = '', groups }: { readonly keptIn?: string | undefined; readonly groups: readonly LiveGroup[] },
): string[] {
  const names = (each: Resource, variable: string) => JSON.stringify(each.spec).includes(variable);
  const variable = `\${account.${account.name}}`;
  // A secret is named from other clusters too: a mirror's connectors run beside its target.
  const secret = `\${secret.${secretVariable(keptIn)}}`;
  const documents = resources
    .filter(each => each.kind !== account.kind)
    .filter(each => names(each, secret) || (each.cluster === account.cluster && names(each, variable)))
    .map(each => `${each.kind} ${each.name}`);
  const own = bindingsOf(resources, account.cluster).filter(
    each => each.principal === account.remoteName && each.resourceType === 'group' && each.permission === 'ALLOW',
  );
  const live = groups
    .filter(group => group.members > 0)
    .filter(({ id }) =>
      own.some(each => (each.pattern === 'literal' ? each.resourceName === id : id.startsWith(each.resourceName))),
    )
    .map(({ id, members }) => `group ${id} (${members} live)`);
  return [...new Set([...documents, ...live])].toSorted();
}

/** Accounts that no right of any document names: they can log in and do nothing. What waits for consent is asked for, so it counts. */
export function withoutRights(resources: readonly Resource[], waiting: readonly Resource[]): Resource[] {
  const asked = new Set(waiting.map(each => String(each.spec.serviceAccount).split('/').at(-1)));
  const accounts = resources.filter(each => each.kind === 'ServiceAccount' && each.managed);
  const clusters = new Set(accounts.map(each => each.cluster));
  const named = new Map(
    [...clusters].map(cluster => [cluster, new Set(bindingsOf(resources, cluster).map(each => each.principal))]),
  );
  return accounts.filter(each => named.get(each.cluster)?.has(each.remoteName) !== true && !asked.has(each.name));
}
