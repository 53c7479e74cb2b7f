import type { AclBinding, AclOperation, AclPattern, AclResourceType } from '#ports/kafka.ts';

const escape = (part: string): string => part.replaceAll('%', '%25').replaceAll('|', '%7C');
const unescape = (part: string): string => part.replaceAll('%7C', '|').replaceAll('%25', '%');

/** `User:x|topic|literal|payments.orders|READ|ALLOW|*`: one binding as one name; `|` and `%` inside a part are escaped. */
export const nameOf = (binding: AclBinding): string =>
  [
    binding.principal,
    binding.resourceType,
    binding.pattern,
    binding.resourceName,
    binding.operation,
    binding.permission,
    binding.host,
  ]
    .map(escape)
    .join('|');

/** The binding that a name stands for. */
export function bindingOf(name: string): AclBinding {
  const [principal, resourceType, pattern, resourceName, operation, permission, host] = name.split('|').map(unescape) as [
    string,
    AclResourceType,
    AclPattern,
    string,
    AclOperation,
    'ALLOW' | 'DENY',
    string,
  ];
  return { principal, resourceType, pattern, resourceName, operation, permission, host };
}

const sensible: Readonly<Record<AclResourceType, readonly AclOperation[]>> = {
  topic: ['ALL', 'READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  group: ['ALL', 'READ', 'DELETE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  cluster: ['ALL', 'CREATE', 'ALTER', 'DESCRIBE', 'CLUSTER_ACTION', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS', 'IDEMPOTENT_WRITE'],
  transactionalId: ['ALL', 'WRITE', 'DESCRIBE', 'TWO_PHASE_COMMIT'],
  delegationToken: ['ALL', 'DESCRIBE'],
  user: ['ALL', 'CREATE_TOKENS', 'DESCRIBE_TOKENS'],
};

/** Why a binding can never have an effect (the broker accepts it all the same); undefined when it makes sense. */
export function senseless(binding: Omit<AclBinding, 'principal' | 'host'>): string | undefined {
  if (!sensible[binding.resourceType].includes(binding.operation))
    return `Kafka never asks for ${binding.operation} on a ${binding.resourceType}: this grants nothing.`;
  if (binding.pattern === 'prefixed' && binding.resourceName === '*')
    return 'A prefixed `*` matches names that begin with the character *: this grants nothing. All names are `*` with pattern literal.';
  if (binding.resourceType === 'cluster' && binding.resourceName !== 'kafka-cluster')
    return 'The cluster resource is called `kafka-cluster`; this grants nothing.';
  return undefined;
}

const withPrefix = new Set<AclResourceType>(['topic', 'group', 'transactionalId']);

/** The binding in an environment with a prefix: names behind the prefix, the wildcard becomes the prefix itself. */
export function prefixBinding(binding: AclBinding, prefix: string, principal: string): AclBinding {
  if (prefix === '' || !withPrefix.has(binding.resourceType)) return { ...binding, principal };
  if (binding.resourceName === '*' && binding.pattern === 'literal')
    return { ...binding, principal, resourceName: prefix, pattern: 'prefixed' };
  return { ...binding, principal, resourceName: prefix + binding.resourceName };
}
