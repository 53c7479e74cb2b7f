import { bindingName, bindingSpec, prefixBinding } from '#model/acl-binding.ts';
import type { Fact } from '#model/fact.ts';
import type { Resource } from '#model/resource.ts';
import type { Expansion, Kind, Surroundings } from '../kind.ts';
import { AclSpec } from './spec.ts';

type Account = Extract<Fact, { fact: 'account' }>;
const indexes = new WeakMap<readonly Fact[], { byName: Map<string, Account>; byPrincipal: Map<string, Account> }>();

const nameKey = ({ cluster, tenant, name }: Pick<Account, 'cluster' | 'tenant' | 'name'>) =>
  `${cluster}\t${tenant ?? ''}\t${name}`;
const principalKey = ({ cluster }: Pick<Account, 'cluster'>, principal: string) => `${cluster}\t${principal}`;

function accounts(around: Surroundings) {
  const facts = around.facts('account');
  let index = indexes.get(facts);
  if (index === undefined) {
    index = {
      byName: new Map(facts.map(each => [nameKey(each), each])),
      byPrincipal: new Map(
        facts.flatMap(each => [each.plainPrincipal, each.principal].map(name => [principalKey(each, name), each] as const)),
      ),
    };
    indexes.set(facts, index);
  }
  return index;
}

/** The declared account that a rule is for, on the cluster of the rule: named as such, or by a principal that is one's. */
export function accountOf(rule: Pick<Resource, 'spec' | 'tenant' | 'cluster'>, around: Surroundings): Account | undefined {
  const { serviceAccount, principal } = rule.spec as Partial<AclSpec>;
  if (serviceAccount === undefined)
    return principal === undefined ? undefined : accounts(around).byPrincipal.get(principalKey(rule, principal));
  const found = around.resolve({ kind: 'ServiceAccount', name: serviceAccount }, rule.tenant, rule.cluster);
  return found === undefined ? undefined : accounts(around).byName.get(nameKey(found));
}

/** One binding per operation. A principal that is no declared account's stands as it is written, without prefix. */
export const expand: NonNullable<Kind['expand']> = (resource, around): Expansion => {
  const spec = AclSpec.parse(resource.spec);
  const account = accountOf(resource, around);
  const principal = account?.plainPrincipal ?? spec.principal;
  if (principal === undefined) return { resources: [] };
  return {
    resources: spec.operations.map(operation => {
      const plain = {
        principal,
        resourceType: spec.resource.type,
        pattern: spec.resource.pattern,
        resourceName: spec.resource.name,
        operation,
        permission: spec.permission === 'deny' ? 'DENY' : 'ALLOW',
        host: spec.host,
      };
      const remoteName = bindingName(prefixBinding({ ...plain, principal: account?.principal ?? principal }, around.prefix));
      return { kind: 'Acl', name: bindingName(plain), remoteName, spec: bindingSpec(plain) };
    }),
  };
};
