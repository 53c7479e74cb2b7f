import { bindingParts } from '#model/acl-binding.ts';
import type { Affected } from '#model/change.ts';
import { isJsonObject, type JsonObject } from '#model/json.ts';
import type { Resource } from '#model/resource.ts';

/** What changes, by its name on the cluster. */
export interface Subject {
  readonly cluster: string | null;
  readonly kind: string;
  readonly remoteName: string;
}

type Use = Affected['as'];

/**
 * Who feels it when something changes, from what is declared: those who may read or write a topic, connectors that name it, schemas that are named by it; of a
 * schema, who uses its topic, and the schemas that refer to it, with the users of their topics; of all else, whatever refers to it. One entry for each document
 * and use, sorted; documents of the change itself (`except`) are left out. Rights by prefix or wildcard count. What is live and not declared is not known here.
 */
export function lineage(
  resources: readonly Resource[],
  ownersOf: (tenant: string) => readonly string[],
): (subject: Subject, except: readonly string[]) => Affected[] {
  const byReferred = Map.groupBy(
    resources.flatMap(resource => resource.refersTo.map(to => ({ resource, to }))),
    ({ to }) => keyOf(to),
  );
  const topicUsers = usersIn(resources);
  const schemas = Map.groupBy(
    resources.filter(each => each.kind === 'Schema'),
    each => placeOf(each.cluster, topicOf(each.remoteName) ?? ''),
  );

  return (subject, except) => {
    const found = new Map<string, Affected>();
    const add = (resource: Resource, as: Use) => {
      for (const document of resource.declaredBy.filter(each => !except.includes(each))) {
        const tenant = tenantOf(document);
        found.set(`${document}\t${as}`, { document, as, tenant, owners: tenant === null ? [] : ownersOf(tenant) });
      }
    };
    const seen = new Set<string>();
    const visit = (of: Subject): void => {
      if (seen.has(keyOf(of))) return;
      seen.add(keyOf(of));
      const topic = of.kind === 'Topic' ? of.remoteName : of.kind === 'Schema' ? topicOf(of.remoteName) : undefined;
      if (topic !== undefined) for (const [user, as] of topicUsers(of.cluster, topic)) add(user, as);
      if (of.kind === 'Topic')
        for (const schema of schemas.get(placeOf(of.cluster, of.remoteName)) ?? []) add(schema, 'describes');
      for (const { resource } of byReferred.get(keyOf(of)) ?? []) {
        const said = of.kind === 'Topic' && (resource.kind === 'Acl' || topicsIn(resource.spec).has(of.remoteName));
        if (!said) add(resource, 'refers');
        if (of.kind === 'Schema') visit(resource);
      }
    };
    visit(subject);
    return [...found.values()].toSorted((a, b) => (`${a.document} ${a.as}` < `${b.document} ${b.as}` ? -1 : 1));
  };
}

/** Who uses a topic: by a right of its name, a prefix or a wildcard, or because a connector names it. */
function usersIn(resources: readonly Resource[]): (cluster: string | null, topic: string) => (readonly [Resource, Use])[] {
  const byName = new Map<string, [Resource, Use][]>();
  const byPrefix: { readonly user: Resource; readonly as: Use; readonly prefix: string }[] = [];
  const note = (user: Resource, topic: string, as: Use) => {
    const key = placeOf(user.cluster, topic);
    const known = byName.get(key);
    if (known === undefined) byName.set(key, [[user, as]]);
    else known.push([user, as]);
  };
  for (const user of resources)
    if (user.kind === 'Connector') for (const topic of topicsIn(user.spec)) note(user, topic, 'connects');
    else if (user.kind === 'Acl') {
      const { resourceType, pattern, resourceName, operation, permission } = bindingParts(user.remoteName);
      const as = uses[operation];
      if (resourceType !== 'topic' || permission !== 'ALLOW' || as === undefined) continue;
      if (pattern === 'prefixed' || resourceName === '*') byPrefix.push({ user, as, prefix: resourceName.replace(/^\*$/, '') });
      else note(user, resourceName, as);
    }
  return (cluster, topic) => [
    ...(byName.get(placeOf(cluster, topic)) ?? []),
    ...byPrefix
      .filter(each => each.user.cluster === cluster && topic.startsWith(each.prefix))
      .map(({ user, as }) => [user, as] as const),
  ];
}

const placeOf = (cluster: string | null, topic: string): string => `${cluster ?? ''}\t${topic}`;
const keyOf = ({ cluster, kind, remoteName }: Subject): string => `${cluster ?? ''}\t${kind}\t${remoteName}`;

/** The topic of a subject that is named by it alone (Confluent's TopicNameStrategy). */
const topicOf = (subject: string): string | undefined => /^(.+)-(?:key|value)$/.exec(subject)?.[1];

const uses: Readonly<Record<string, Use>> = { READ: 'reads', WRITE: 'writes', ALL: 'reads' };

/** Values of its configuration, and parts of values with commas: connectors say under keys of their own which topics they use, sinks as a list. */
function topicsIn(spec: JsonObject): Set<string> {
  const { config } = spec;
  const values = isJsonObject(config ?? null) ? Object.values(config as JsonObject) : [];
  return new Set(values.flatMap(value => String(value).split(',')).map(each => each.trim()));
}

/** `TENANT/KIND/NAME`, or `KIND/NAME` of the platform. */
const tenantOf = (document: string): string | null => {
  const parts = document.split('/');
  return parts.length === 3 ? (parts[0] as string) : null;
};
