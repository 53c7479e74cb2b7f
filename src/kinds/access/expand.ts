import { bindingName, bindingSpec, prefixBinding } from '#model/acl-binding.ts';
import type { Expansion, Kind, Surroundings } from '../kind.ts';
import { accountFact } from './known.ts';
import { type Right, rightsOf, type Template } from './rights.ts';
import type { AccessSpec } from './spec.ts';

const nothing: Expansion = { resources: [] };

/** The template that an Access names, built in or written by the platform. */
export const templateOf = (spec: AccessSpec, around: Surroundings): Template | undefined =>
  around.facts('accessTemplate').find(each => each.name === spec.as);

/** Its last day is over. */
export const expired = (spec: AccessSpec, around: Surroundings): boolean => spec.until !== undefined && spec.until < around.today;

/** An Access becomes one Acl per right, or waits for the consent of whoever owns the topics. What its tenant may not have it never gives. */
export const expand: NonNullable<Kind['expand']> = (resource, around): Expansion => {
  const spec = resource.spec as AccessSpec;
  const template = templateOf(spec, around);
  const fact = accountFact(resource, around);
  if (template === undefined || fact === undefined || expired(spec, around)) return nothing;
  if (resource.tenant !== null && fact.tenant !== resource.tenant) return nothing;
  const rights = rightsOf(resource, template, around);
  if (rights.some(right => right.standing === 'foreign')) return nothing;
  const missing = rights.filter(right => right.standing === 'unconsented');
  if (missing.length > 0) return { resources: [], waits: waiting(resource.tenant, spec, missing) };
  return {
    resources: rights.flatMap(right =>
      right.operations.map(operation => {
        const { resourceType, pattern, name: resourceName } = right;
        const plain = {
          principal: fact.plainPrincipal,
          resourceType,
          pattern,
          resourceName,
          operation,
          permission: 'ALLOW',
          host: '*',
        };
        const remoteName = bindingName(prefixBinding({ ...plain, principal: fact.principal }, around.prefix));
        return { kind: 'Acl', name: bindingName(plain), remoteName, spec: bindingSpec(plain) };
      }),
    ),
  };
};

const ownerName = (owner: string | null): string => (owner === null ? 'the platform' : `tenant ${owner}`);

function waiting(tenant: string | null, spec: AccessSpec, missing: readonly Right[]): NonNullable<Expansion['waits']> {
  const shown = (right: Right) => (right.pattern === 'prefixed' ? `${right.name}*` : right.name);
  const topics = [...new Set(missing.map(right => `\`${shown(right)}\` (${ownerName(right.owner)})`))].join(', ');
  const reason = spec.reason === undefined ? '' : ` Reason given: ${spec.reason}.`;
  return {
    code: 'access/waiting-for-consent',
    message: `It waits for a Grant \`as: ${spec.as}\` to ${tenant ?? 'the platform'} on ${topics}.${reason}`,
    who: [...new Set(missing.map(right => ownerName(right.owner)))].join(' and '),
  };
}
