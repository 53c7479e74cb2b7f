import { bindingName, bindingParts } from '#model/acl-binding.ts';
import type { AclBinding, AclOperation, AclResourceType } from '#ports/kafka.ts';

/** The name of one of Kafka's bindings. */
export const nameOf = (binding: AclBinding): string => bindingName(binding);

/** The binding that a name stands for. */
export const bindingOf = (name: string): AclBinding => bindingParts(name) as AclBinding;

const sensible: Readonly<Record<AclResourceType, readonly AclOperation[]>> = {
  topic: ['ALL', 'READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  group: ['ALL', 'READ', 'DELETE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  cluster: ['ALL', 'CREATE', 'ALTER', 'DESCRIBE', 'CLUSTER_ACTION', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS', 'IDEMPOTENT_WRITE'],
  transactionalId: ['ALL', 'WRITE', 'DESCRIBE', 'TWO_PHASE_COMMIT'],
  delegationToken: ['ALL', 'DESCRIBE'],
  user: ['ALL', 'CREATE_TOKENS', 'DESCRIBE_TOKENS'],
};

/** Why a binding can never have an effect (the broker accepts it all the same); undefined when it makes sense. */
export function senseless(
  binding: Pick<AclBinding, 'resourceType' | 'resourceName' | 'pattern' | 'operation'>,
): string | undefined {
  const { resourceType, resourceName, pattern, operation } = binding;
  if (!sensible[resourceType].includes(operation)) return `Kafka never asks for ${operation} on a ${resourceType}.`;
  if (pattern === 'prefixed' && resourceName === '*')
    return 'A prefixed `*` matches names that begin with the character *. All names are `*` with pattern literal.';
  if (resourceType === 'topic' && resourceName !== '*' && resourceName.includes('*'))
    return `No topic has a * in its name: \`${resourceName}\` matches none. A prefix is written with pattern prefixed and without *.`;
  return undefined;
}

const family = (binding: AclBinding): string => [binding.principal, binding.resourceType, binding.permission].join('\t');
const families = new WeakMap<ReadonlyMap<string, unknown>, Map<string, AclBinding[]>>();

const overlaps = (a: AclBinding, b: AclBinding): boolean =>
  (a.operation === b.operation || a.operation === 'ALL' || b.operation === 'ALL') && (reaches(a, b) || reaches(b, a));

const reaches = (wide: AclBinding, narrow: AclBinding): boolean =>
  (wide.pattern === 'literal' && wide.resourceName === '*') ||
  (wide.pattern === 'prefixed'
    ? narrow.resourceName.startsWith(wide.resourceName)
    : narrow.pattern === 'literal' && narrow.resourceName === wide.resourceName);

/** Bindings of the other permission on the cluster that concern the same principal, resource and operation. */
export function opposites(binding: AclBinding, live: ReadonlyMap<string, unknown>): AclBinding[] {
  let index = families.get(live);
  if (index === undefined) {
    index = Map.groupBy([...live.keys()].map(bindingOf), family);
    families.set(live, index);
  }
  const permission = binding.permission === 'ALLOW' ? 'DENY' : 'ALLOW';
  return (index.get(family({ ...binding, permission })) ?? []).filter(each => overlaps(each, binding));
}
