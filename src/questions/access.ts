/** One ACL binding as its name says it, and where it was seen. */
export interface Binding {
  readonly principal: string;
  readonly resourceType: string;
  readonly pattern: string;
  readonly resourceName: string;
  readonly operation: string;
  readonly permission: string;
  readonly host: string;
  readonly declaredBy: readonly string[];
  readonly live: boolean;
}

/** An Acl's name, `User:x|topic|literal|payments.orders|READ|ALLOW|*`; undefined for any other text. A principal may hold `|`. */
export function bindingOf(remoteName: string, declaredBy: readonly string[], live: boolean): Binding | undefined {
  const parts = remoteName.split('|');
  if (parts.length < 7) return undefined;
  const [resourceType, pattern, resourceName, operation, permission, host] = parts.slice(-6) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    principal: parts.slice(0, -6).join('|'),
    resourceType,
    pattern,
    resourceName,
    operation,
    permission,
    host,
    declaredBy,
    live,
  };
}

/** A binding that is declared and live is one, with both said of it. */
export function unite(bindings: readonly Binding[]): Binding[] {
  const known = new Map<string, Binding>();
  for (const each of bindings) {
    const key = [
      each.principal,
      each.resourceType,
      each.pattern,
      each.resourceName,
      each.operation,
      each.permission,
      each.host,
    ].join('|');
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
  return own
    .filter(each => each.permission === 'ALLOW')
    .map(each => {
      const name = each.pattern === 'prefixed' ? `${each.resourceName}*` : each.resourceName;
      const denied = own.filter(
        other =>
          other.permission === 'DENY' &&
          other.resourceType === each.resourceType &&
          covers(other, each) &&
          speaksOf(other, each.operation),
      );
      return {
        principal,
        resourceType: each.resourceType,
        resourceName: name,
        operation: each.operation,
        host: each.host,
        verdict: verdictOf(denied, each.live),
        because: denied.length > 0 ? denied : [each],
      };
    })
    .toSorted((a, b) =>
      `${a.resourceType}\t${a.resourceName}\t${a.operation}` < `${b.resourceType}\t${b.resourceName}\t${b.operation}` ? -1 : 1,
    );
}

/** Does the DENY reach everything that the ALLOW names, from every host? */
const covers = (deny: Binding, allow: Binding): boolean =>
  (deny.host === '*' || deny.host === allow.host) &&
  (deny.resourceName === '*' ||
    (deny.pattern === 'prefixed'
      ? allow.resourceName.startsWith(deny.resourceName)
      : allow.pattern === 'literal' && deny.resourceName === allow.resourceName));

const verdictOf = (denied: readonly Binding[], live: boolean): Right['verdict'] =>
  denied.some(each => each.live) || (denied.length > 0 && !live) ? 'denied' : live ? 'allowed' : 'declared';

function rightsOf(about: readonly Binding[], principal: string): Pick<Right, 'principal' | 'host' | 'verdict' | 'because'>[] {
  const own = about.filter(each => each.principal === principal || each.principal === 'User:*');
  const hosts = [
    ...new Set(own.filter(each => each.permission === 'ALLOW' && each.principal === principal).map(each => each.host)),
  ];
  return hosts.map(host => {
    const allows = own.filter(each => each.permission === 'ALLOW' && each.host === host);
    const denied = own.filter(each => each.permission === 'DENY' && (each.host === '*' || each.host === host));
    return {
      principal,
      host,
      verdict: verdictOf(
        denied,
        allows.some(each => each.live),
      ),
      because: denied.length > 0 ? denied : allows,
    };
  });
}
