import type { OwnedCategory } from '#model/frame/frame.ts';
import type { JsonObject } from '#model/json.ts';
import type { AclBinding } from '#ports/kafka.ts';
import { type Expansion, type Kind, type Live, outcomesOf } from '../kind.ts';
import { bindingOf, nameOf, prefixBinding, senseless } from './binding.ts';
import { report } from './problems.ts';
import { AclSpec } from './spec.ts';

const categories: Readonly<Record<string, OwnedCategory>> = {
  topic: 'topics',
  group: 'groups',
  transactionalId: 'transactionalIds',
};

const expand: NonNullable<Kind['expand']> = (resource, around): Expansion => {
  const spec = AclSpec.parse(resource.spec);
  const account =
    spec.serviceAccount === undefined
      ? undefined
      : around.resolve({ kind: 'ServiceAccount', name: spec.serviceAccount }, resource.tenant);
  const fact =
    account === undefined
      ? undefined
      : around.facts('account').find(each => each.name === account.name && each.tenant === account.tenant);
  const principal = fact?.principal ?? spec.principal;
  if (principal === undefined) return { resources: [] };
  return {
    resources: spec.operations.map(operation => {
      const binding: AclBinding = {
        principal: fact?.plainPrincipal ?? principal,
        resourceType: spec.resource.type,
        resourceName: spec.resource.name,
        pattern: spec.resource.pattern,
        operation,
        permission: spec.permission === 'deny' ? 'DENY' : 'ALLOW',
        host: spec.host,
      };
      return {
        kind: 'Acl',
        name: nameOf(binding),
        remoteName: nameOf(prefixBinding(binding, around.prefix, principal)),
        spec: {},
      };
    }),
  };
};

const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const spec = AclSpec.parse(resource.spec);
  if ((spec.serviceAccount === undefined) === (spec.principal === undefined))
    reportAt(
      details => report('no-principal', details),
      [],
      'Exactly one of `serviceAccount` and `principal` says whom the rule is for.',
    );
  spec.operations.forEach((operation, index) => {
    const why = senseless({
      resourceType: spec.resource.type,
      resourceName: spec.resource.name,
      pattern: spec.resource.pattern,
      operation,
      permission: 'ALLOW',
    });
    if (why !== undefined) reportAt(details => report('senseless', details), ['operations', index], why);
  });
  if (resource.tenant === null) return;
  const category = categories[spec.resource.type];
  if (category === undefined || spec.resource.name === '*') {
    reportAt(
      details => report('platform-only', details),
      ['resource'],
      `A tenant cannot grant rights on ${spec.resource.type} \`${spec.resource.name}\`.`,
    );
    return;
  }
  if (spec.principal !== undefined && !around.mayUsePrincipal(resource.tenant, spec.principal))
    reportAt(
      details => report('not-your-principal', details),
      ['principal'],
      `\`${spec.principal}\` is not given to ${resource.tenant}.`,
    );
  const account =
    spec.serviceAccount === undefined
      ? undefined
      : around.resolve({ kind: 'ServiceAccount', name: spec.serviceAccount }, resource.tenant);
  if (account !== undefined && account.tenant !== resource.tenant)
    reportAt(
      details => report('not-your-principal', details),
      ['serviceAccount'],
      `\`${spec.serviceAccount}\` is an account of ${account.tenant ?? 'the platform'}.`,
    );
  const wanted = spec.resource.pattern === 'prefixed' ? `${spec.resource.name}*` : spec.resource.name;
  const owner = around.owner(category, wanted);
  const granted =
    category === 'topics' &&
    around
      .facts('consent')
      .some(
        consent =>
          consent.to === resource.tenant &&
          (consent.until ?? '9999') >= around.today &&
          consent.topics.some(topic => covered(topic, wanted)),
      );
  if (owner !== resource.tenant && !granted)
    reportAt(
      details => report('not-your-resource', details),
      ['resource', 'name'],
      `\`${wanted}\` ${owner === null ? "is nobody's" : `belongs to ${owner}`}.`,
    );
};

const covered = (pattern: string, name: string): boolean =>
  pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));

const toLive = (binding: AclBinding): Live => ({
  remoteName: nameOf(binding),
  remoteId: null,
  fields: {},
  defaults: {},
  internal: false,
  details: {},
});

/** One right of one principal on one resource, as Kafka keeps it. */
export const acl: Kind = {
  name: 'Acl',
  plural: 'ACLs',
  description: "A raw rule of Kafka's: who may, or may not, do what on which resource. Prefer Access where a template fits.",
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: AclSpec,
  problems: report,
  refersTo: ['ServiceAccount', 'Topic'],
  references: spec =>
    typeof spec.serviceAccount === 'string'
      ? [{ kind: 'ServiceAccount', name: spec.serviceAccount, path: ['serviceAccount'] }]
      : [],
  remoteName: resource => resource.name,
  expand,
  rules,
  remote: {
    needs: ['kafka'],
    read: async (ports, scope) => (await ports.kafka.listAcls({ confirm: scope.confirm })).map(toLive),
    project: () => ({}),
    assess: (difference, cluster) => {
      if (difference.action !== 'delete') return {};
      const binding = bindingOf(difference.remoteName);
      const opposite = nameOf({ ...binding, permission: binding.permission === 'ALLOW' ? 'DENY' : 'ALLOW' });
      const reasons = cluster.live.has(opposite)
        ? [
            {
              code: 'acl/opposite-stays',
              message: `${binding.permission} goes while ${binding.permission === 'ALLOW' ? 'DENY' : 'ALLOW'} for the same stays.`,
            },
          ]
        : [];
      return { risk: 'disruptive', reasons };
    },
    apply: async (ports, changes) => {
      const deleting = changes.every(change => change.action === 'delete');
      const bindings = changes.map(change => bindingOf(change.remoteName));
      return outcomesOf(deleting ? await ports.kafka.deleteAcls(bindings) : await ports.kafka.createAcls(bindings));
    },
    toManifest: (live, unprefixed) => {
      const binding = bindingOf(live.remoteName);
      const name = binding.resourceType === 'cluster' ? binding.resourceName : unprefixed(binding.resourceName);
      const host = binding.host === '*' ? {} : { host: binding.host };
      const permission = binding.permission === 'DENY' ? { permission: 'deny' } : {};
      const spec: JsonObject = {
        principal: binding.principal,
        resource: { type: binding.resourceType, name, pattern: binding.pattern },
        operations: [binding.operation],
        ...permission,
        ...host,
      } as JsonObject;
      return {
        name: `${binding.principal}-${binding.resourceType}-${name}-${binding.operation}`
          .replace(/[^A-Za-z0-9._-]+/g, '-')
          .toLowerCase(),
        spec,
      };
    },
  },
};
