import { type BindingParts, bindingName, bindingParts } from '#model/acl-binding.ts';

/** One ACL binding as its name says it, and where it was seen. */
export interface Binding extends BindingParts {
  readonly declaredBy: readonly string[];
  readonly live: boolean;
}

const partsOfName = 7;

/** An Acl's name, `User:x|topic|literal|payments.orders|READ|ALLOW|*`; undefined for any other text. */
export const bindingOf = (remoteName: string, declaredBy: readonly string[], live: boolean): Binding | undefined =>
  remoteName.split('|').length === partsOfName ? { ...bindingParts(remoteName), declaredBy, live } : undefined;

/** A binding that is declared and live is one, with both said of it. */
export function unite(bindings: readonly Binding[]): Binding[] {
  const known = new Map<string, Binding>();
  for (const each of bindings) {
    const key = bindingName(each);
    const before = known.get(key);
    known.set(key, {
      ...each,
      declaredBy: [...new Set([...(before?.declaredBy ?? []), ...each.declaredBy])],
      live: each.live || (before?.live ?? false),
    });
  }
  return [...known.values()];
}

export interface Right {
  readonly principal: string;
  readonly resourceType: string;
  readonly resourceName: string;
  readonly operation: string;
  readonly host: string;
  /** `allowed` holds on the cluster now; `declared` will hold once applied; `denied` is overruled by a DENY. */
  readonly verdict: 'allowed' | 'declared' | 'denied';
  /** The bindings that decide; none for a super user of the brokers. */
  readonly because: readonly Binding[];
}

/** What a super user of the brokers may do: no ACL is asked (StandardAuthorizer), a DENY neither. */
const asSuperUser = (principal: string, of: Pick<Right, 'resourceType' | 'resourceName' | 'operation'>): Right => ({
  principal,
  ...of,
  host: '*',
  verdict: 'allowed',
  because: [],
});

/** Kafka's names of what a rule can be about (AclOperation). */
export const operations: readonly string[] = [
  'ALL',
  'READ',
  'WRITE',
  'CREATE',
  'DELETE',
  'ALTER',
  'DESCRIBE',
  'CLUSTER_ACTION',
  'DESCRIBE_CONFIGS',
  'ALTER_CONFIGS',
  'IDEMPOTENT_WRITE',
  'CREATE_TOKENS',
  'DESCRIBE_TOKENS',
  'TWO_PHASE_COMMIT',
];

/** Kafka's implications (StandardAuthorizer): READ, WRITE, DELETE and ALTER allow DESCRIBE; ALTER_CONFIGS allows DESCRIBE_CONFIGS. DENY implies nothing but ALL. */
const impliedBy: Readonly<Record<string, readonly string[]>> = {
  DESCRIBE: ['READ', 'WRITE', 'DELETE', 'ALTER'],
  DESCRIBE_CONFIGS: ['ALTER_CONFIGS'],
};

const names = (binding: Binding, resourceName: string): boolean =>
  binding.pattern === 'prefixed'
    ? resourceName.startsWith(binding.resourceName)
    : binding.resourceName === '*' || binding.resourceName === resourceName;

const speaksOf = (binding: Binding, operation: string): boolean =>
  binding.operation === 'ALL' ||
  binding.operation === operation ||
  (binding.permission === 'ALLOW' && (impliedBy[operation] ?? []).includes(binding.operation));

/** Everybody who may (or is about to be able to) do this to that, and whom a DENY stops; super users of the brokers first, as far as they are known. */
export function whoCan(
  bindings: readonly Binding[],
  operation: string,
  resource: { type: string; name: string },
  superUsers: readonly string[] = [],
): Right[] {
  const about = bindings.filter(
    each => each.resourceType === resource.type && names(each, resource.name) && speaksOf(each, operation),
  );
  const principals = [...new Set(about.map(each => each.principal))].filter(each => !superUsers.includes(each)).toSorted();
  const of = { resourceType: resource.type, resourceName: resource.name, operation };
  return [
    ...superUsers.map(principal => asSuperUser(principal, of)),
    ...principals.flatMap(principal => rightsOf(about, principal).map(right => ({ ...right, ...of }))),
  ];
}

/** Everything that one principal may do, binding by binding as they are written (patterns stay patterns). */
export function whatCan(bindings: readonly Binding[], principal: string, superUsers: readonly string[] = []): Right[] {
  if (superUsers.includes(principal))
    return [asSuperUser(principal, { resourceType: 'everything', resourceName: '*', operation: 'ALL' })];
  const own = bindings.filter(each => each.principal === principal || each.principal === 'User:*');
  const allows = own.filter(each => each.permission === 'ALLOW');
  const denies = own.filter(each => each.permission === 'DENY');
  const rows = allows.map(each => {
    const denied = denies.filter(deny => covers(deny, each));
    const because = denied.length > 0 ? denied : [each];
    return { ...rowOf(principal, each), verdict: verdictOf(denied, each.live), because };
  });
  const exceptions = denies.filter(deny => allows.some(allow => !covers(deny, allow) && meets(deny, allow)));
  return [
    ...rows,
    ...exceptions.map(deny => ({ ...rowOf(principal, deny), verdict: 'denied' as const, because: [deny] })),
  ].toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

const orderOf = (right: Right): string => `${right.resourceType}\t${right.resourceName}\t${right.operation}\t${right.host}`;

const rowOf = (principal: string, { resourceType, resourceName, pattern, operation, host }: Binding) => ({
  principal,
  resourceType,
  resourceName: pattern === 'prefixed' ? `${resourceName}*` : resourceName,
  operation,
  host,
});

/** Does the DENY reach everything that the ALLOW names, from every host? */
const covers = (deny: Binding, allow: Binding): boolean =>
  deny.resourceType === allow.resourceType &&
  speaksOf(deny, allow.operation) &&
  (deny.host === '*' || deny.host === allow.host) &&
  (deny.resourceName === '*' ||
    (deny.pattern === 'prefixed'
      ? allow.resourceName.startsWith(deny.resourceName)
      : allow.pattern === 'literal' && deny.resourceName === allow.resourceName));

/** Does the DENY take a part of what the ALLOW gives: some names, some hosts, one operation of ALL? */
const meets = (deny: Binding, allow: Binding): boolean =>
  deny.resourceType === allow.resourceType &&
  (speaksOf(deny, allow.operation) || speaksOf(allow, deny.operation)) &&
  (deny.host === '*' || allow.host === '*' || deny.host === allow.host) &&
  (names(deny, allow.resourceName) || names(allow, deny.resourceName));

const verdictOf = (denied: readonly Binding[], live: boolean): Right['verdict'] =>
  denied.some(each => each.live) || (denied.length > 0 && !live) ? 'denied' : live ? 'allowed' : 'declared';

/** One verdict per host that a rule of the principal's, or a DENY for everybody, names; a host that fares as all hosts do is not repeated. */
function rightsOf(about: readonly Binding[], principal: string): Pick<Right, 'principal' | 'host' | 'verdict' | 'because'>[] {
  const own = about.filter(each => each.principal === principal || each.principal === 'User:*');
  const hosts = own.filter(each => each.principal === principal || each.permission === 'DENY').map(each => each.host);
  const rights = [...new Set(hosts)].toSorted().flatMap(host => {
    const here = own.filter(each => each.host === '*' || each.host === host);
    const allows = here.filter(each => each.permission === 'ALLOW');
    const denied = here.filter(each => each.permission === 'DENY');
    const live = allows.some(each => each.live);
    const because = denied.length > 0 ? denied : allows;
    return allows.length === 0 ? [] : [{ principal, host, verdict: verdictOf(denied, live), because }];
  });
  const everywhere = rights.find(right => right.host === '*');
  return rights.filter(right => right === everywhere || right.verdict !== everywhere?.verdict);
}
