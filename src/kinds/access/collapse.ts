import type { Collapse, Collapsing, Manifested } from '#model/collapse.ts';
import { documentName } from '#model/document-name.ts';
import { type Have, type Instance, instancesOf } from './recognise.ts';
import type { Template } from './rights.ts';

/** One binding as its raw document says it. */
interface Raw {
  readonly manifest: Manifested;
  readonly resource: string;
  readonly operation: string;
}

/**
 * Recognises access templates in raw ACLs, account by account: those that ask for most first, each only where it says something that no template
 * before it said. Documents of ours expand to exactly the bindings that they take; what is left stays raw. A principal that has no user on the cluster
 * becomes an external account.
 */
export const collapse: Collapse = (found, around) => {
  const taken = new Set<Manifested>();
  const made: Manifested[] = [];
  const templates = [...around.facts('accessTemplate')].toSorted((a, b) => weight(b) - weight(a));
  for (const [principal, raws] of Map.groupBy(found.flatMap(rawsOf), raw => String(raw.manifest.spec.principal))) {
    const known = around.named('ServiceAccount', principal);
    const account = known ?? { tenant: null, name: documentName(principal.replace(/^User:/, '')) };
    if (known === undefined && nameless(principal, account.name, around)) continue;
    const have: Have = new Map();
    for (const { resource, operation } of raws) have.set(resource, (have.get(resource) ?? new Set()).add(operation));
    const covered = new Set<string>();
    const before = made.length;
    for (const template of templates)
      for (const instance of instancesOf(template, have, around)) {
        const rights = rightsIn(instance);
        if (rights.every(right => covered.has(right))) continue;
        for (const right of rights) covered.add(right);
        made.push(documentOf(template, instance, account, { around, taken: made }));
      }
    if (known === undefined && made.length > before)
      made.push({ kind: 'ServiceAccount', ...account, spec: { principal, authentication: { type: 'external' } } });
    for (const raw of raws) if (covered.has(`${raw.resource}\t${raw.operation}`)) taken.add(raw.manifest);
  }
  return { taken, made };
};

/** Without a name for an account (`User:*`, other types of principal, a name that is taken here, or behind the prefix anywhere) its rights stay raw. */
const nameless = (principal: string, name: string, { prefix, declared, livesAnywhere }: Collapsing): boolean =>
  !/^User:[^*]/.test(principal) ||
  declared('ServiceAccount', name) ||
  (prefix !== '' && livesAnywhere('ServiceAccount', principal.replace('User:', `User:${prefix}`)));

const weight = (template: Template): number => template.rules.reduce((sum, rule) => sum + rule.operations.length, 0);

const rightsIn = ({ rights }: Instance): string[] =>
  rights.flatMap(({ resource, operations }) => operations.map(operation => `${resource}\t${operation}`));

/** Only what a template could say: allowed, from any host. */
function rawsOf(manifest: Manifested): Raw[] {
  if (manifest.kind !== 'Acl' || manifest.spec.permission === 'deny' || (manifest.spec.host ?? '*') !== '*') return [];
  const { type, name, pattern } = manifest.spec.resource as Record<string, string>;
  return (manifest.spec.operations as string[]).map(operation => ({
    manifest,
    resource: `${type}\t${pattern}\t${name}`,
    operation,
  }));
}

interface Surroundings {
  readonly around: Parameters<Collapse>[1];
  readonly taken: readonly Manifested[];
}

/** The Access of the account's tenant where it owns every name, else one of the platform's, which has to name the tenant. */
function documentOf(
  template: Template,
  { topics, values, owners }: Instance,
  account: { readonly tenant: string | null; readonly name: string },
  { around, taken }: Surroundings,
): Manifested {
  const tenant = owners.every(owner => owner === account.tenant) ? account.tenant : null;
  const reference = (each: { readonly tenant: string | null; readonly name: string }) =>
    each.tenant === null || each.tenant === tenant ? each.name : `${each.tenant}/${each.name}`;
  const plain = `${account.name}-${template.name}`;
  const names = new Set(taken.map(each => each.name));
  let name = plain;
  for (let count = 2; names.has(name) || around.declared('Access', name); count++) name = `${plain}-${count}`;
  const { group, transactionalId, ...parameters } = values;
  const list = (each: readonly (string | { readonly tenant: string | null; readonly name: string })[]) =>
    each.map(topic => (typeof topic === 'string' ? topic : reference(topic))).toSorted();
  const others = Object.entries(parameters).map(([key, value]) => [key, typeof value === 'string' ? value : list(value)]);
  return {
    kind: 'Access',
    name,
    tenant,
    spec: {
      serviceAccount: reference(account),
      as: template.name,
      topics: list(topics),
      ...(group === undefined ? {} : { group: String(group) }),
      ...(transactionalId === undefined ? {} : { transactionalId: String(transactionalId) }),
      ...(others.length === 0 ? {} : { parameters: Object.fromEntries(others) }),
    },
  };
}
