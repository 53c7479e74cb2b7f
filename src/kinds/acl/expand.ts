import { bindingName, bindingSpec, prefixBinding } from '#model/acl-binding.ts';
import type { Fact } from '#model/fact.ts';
import type { Expansion, Kind, Surroundings } from '../kind.ts';
import { AclSpec } from './spec.ts';

type Account = Extract<Fact, { fact: 'account' }>;
const indexes = new WeakMap<readonly Fact[], { byName: Map<string, Account>; byPrincipal: Map<string, Account> }>();

function accounts(around: Surroundings) {
  const facts = around.facts('account');
  let index = indexes.get(facts);
  if (index === undefined) {
    index = {
      byName: new Map(facts.map(each => [`${each.tenant ?? ''}\t${each.name}`, each])),
      byPrincipal: new Map(facts.flatMap(each => [[each.plainPrincipal, each] as const, [each.principal, each] as const])),
    };
    indexes.set(facts, index);
  }
  return index;
}

/** The declared account that a rule is for: named as such, or by a principal that is one's. */
export function accountOf(spec: Pick<AclSpec, 'serviceAccount' | 'principal'>, tenant: string | null, around: Surroundings) {
  if (spec.serviceAccount === undefined)
    return spec.principal === undefined ? undefined : accounts(around).byPrincipal.get(spec.principal);
  const found = around.resolve({ kind: 'ServiceAccount', name: spec.serviceAccount }, tenant);
  return found === undefined ? undefined : accounts(around).byName.get(`${found.tenant ?? ''}\t${found.name}`);
}

/** One binding per operation. A principal that is no declared account's stands as it is written, without prefix. */
export const expand: NonNullable<Kind['expand']> = (resource, around): Expansion => {
  const spec = AclSpec.parse(resource.spec);
  const account = accountOf(spec, resource.tenant, around);
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
