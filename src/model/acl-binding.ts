/** One binding of Kafka's access control lists, its parts as text: what both raw rules and templates of access come down to. */
export interface BindingParts {
  /** With its type: `User:payments.checkout`. */
  readonly principal: string;
  readonly resourceType: string;
  readonly pattern: string;
  readonly resourceName: string;
  readonly operation: string;
  readonly permission: string;
  readonly host: string;
}

const escape = (part: string): string =>
  part.includes('%') || part.includes('|') ? part.replaceAll('%', '%25').replaceAll('|', '%7C') : part;
const unescape = (part: string): string => (part.includes('%') ? part.replaceAll('%7C', '|').replaceAll('%25', '%') : part);

/** `User:x|topic|literal|payments.orders|READ|ALLOW|*`: one binding as one name; `|` and `%` inside a part are escaped. */
export const bindingName = (parts: BindingParts): string =>
  [parts.principal, parts.resourceType, parts.pattern, parts.resourceName, parts.operation, parts.permission, parts.host]
    .map(escape)
    .join('|');

/** The binding that a name stands for: the inverse of `bindingName`. */
export function bindingParts(name: string): BindingParts {
  const [principal = '', resourceType = '', pattern = '', resourceName = '', operation = '', permission = '', host = ''] = name
    .split('|')
    .map(unescape);
  return { principal, resourceType, pattern, resourceName, operation, permission, host };
}

const prefixedTypes = new Set(['topic', 'group', 'transactionalId']);

/** The binding in an environment with a prefix: its resource behind the prefix; the wildcard becomes the prefix itself. The principal is the caller's. */
export function prefixBinding<Parts extends BindingParts>(parts: Parts, prefix: string): Parts {
  if (prefix === '' || !prefixedTypes.has(parts.resourceType)) return parts;
  return parts.resourceName === '*' && parts.pattern === 'literal'
    ? { ...parts, resourceName: prefix, pattern: 'prefixed' }
    : { ...parts, resourceName: prefix + parts.resourceName };
}

/** A binding as the `spec` of a resource of kind Acl: what policies and views see. */
export const bindingSpec = (parts: BindingParts) => ({
  principal: parts.principal,
  resource: { type: parts.resourceType, name: parts.resourceName, pattern: parts.pattern },
  operation: parts.operation,
  permission: parts.permission,
  host: parts.host,
});
