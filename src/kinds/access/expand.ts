import type { AccessRule, Fact } from '#model/fact.ts';
import type { Expanded, Expansion, Kind, Surroundings } from '../kind.ts';
import type { AccessSpec } from './spec.ts';

type Template = Extract<Fact, { fact: 'accessTemplate' }>;

export const templateOf = (spec: AccessSpec, around: Surroundings): Template | undefined =>
  around.facts('accessTemplate').find(each => each.name === spec.as);

/** Values for a placeholder: `{topic}` takes the topics, others the field or parameter of their name; undefined when nothing is given. */
export function valuesFor(placeholder: string, spec: AccessSpec): readonly string[] | undefined {
  if (placeholder === 'topic') return spec.topics;
  const value =
    placeholder === 'group'
      ? spec.group
      : placeholder === 'transactionalId'
        ? spec.transactionalId
        : spec.parameters?.[placeholder];
  return value === undefined ? undefined : Array.isArray(value) ? value : [value];
}

/** An Access becomes one Acl per right, or waits for the consent of whoever owns the topics. */
export const expand: NonNullable<Kind['expand']> = (resource, around): Expansion => {
  const spec = resource.spec as AccessSpec;
  const template = templateOf(spec, around);
  const account = around.resolve({ kind: 'ServiceAccount', name: spec.serviceAccount }, resource.tenant);
  const fact = around.facts('account').find(each => each.name === account?.name && each.tenant === account?.tenant);
  if (template === undefined || fact === undefined || (spec.until ?? '9999') < around.today) return { resources: [] };
  const owner = withoutConsent(resource.tenant, spec, around);
  if (owner !== undefined) {
    const reason = spec.reason === undefined ? '' : ` Reason given: ${spec.reason}.`;
    return {
      resources: [],
      waits: {
        code: 'access/waiting-for-consent',
        message: `It waits for a Grant of ${owner.tenant} to ${resource.tenant ?? 'the platform'}: ${spec.as} of ${owner.topic}.${reason}`,
        who: `tenant ${owner.tenant}`,
      },
    };
  }
  return { resources: template.rules.flatMap(rule => bindings(rule, spec, around, fact)) };
};

/** The first topic of another tenant that no valid grant covers. */
function withoutConsent(
  tenant: string | null,
  spec: AccessSpec,
  around: Surroundings,
): { tenant: string; topic: string } | undefined {
  if (tenant === null) return undefined;
  for (const topic of spec.topics) {
    const name = remoteTopic(topic, tenant, around);
    const owner = around.owner('topics', name);
    if (owner === null || owner === tenant) continue;
    const consented = around
      .facts('consent')
      .some(
        each =>
          each.to === tenant &&
          each.as === spec.as &&
          (each.from === owner || each.from === null) &&
          (each.until ?? '9999') >= around.today &&
          each.topics.some(pattern => covers(pattern, name) || covers(pattern, plain(topic))),
      );
    if (!consented) return { tenant: owner, topic };
  }
  return undefined;
}

const plain = (reference: string): string => reference.slice(reference.indexOf('/') + 1);
const covers = (pattern: string, name: string): boolean =>
  pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));

/** The topic's name on the cluster without prefix; a prefix stays as it is. */
function remoteTopic(topic: string, tenant: string | null, around: Surroundings): string {
  if (topic.endsWith('*')) return topic;
  const found = around.resolve({ kind: 'Topic', name: topic }, tenant);
  return (
    around.facts('topic').find(each => each.name !== undefined && each.remoteName === found?.remoteName)?.name ?? plain(topic)
  );
}

function bindings(
  rule: AccessRule,
  spec: AccessSpec,
  around: Surroundings,
  account: Extract<Fact, { fact: 'account' }>,
): Expanded[] {
  const placeholder = /\{(\w+)\}/.exec(rule.name)?.[1];
  const values = placeholder === undefined ? [rule.name] : (valuesFor(placeholder, spec) ?? []);
  return values.flatMap(value => {
    const open = value.endsWith('*');
    const named =
      rule.resource === 'topic' && !open && (placeholder === 'topic' || placeholder === 'outputs')
        ? remoteTopic(value, account.tenant, around)
        : value.replace(/\*$/, '');
    const name = placeholder === undefined ? named : rule.name.replace(`{${placeholder}}`, named);
    const pattern = rule.pattern ?? (open ? 'prefixed' : 'literal');
    return rule.operations.map(operation => ({
      kind: 'Acl',
      name: bindingName([account.plainPrincipal, rule.resource, pattern, name, operation]),
      remoteName: bindingName(prefixed([account.principal, rule.resource, pattern, name, operation], around.prefix)),
      spec: {},
    }));
  });
}

type Parts = [principal: string, resource: string, pattern: string, name: string, operation: string];

/** The same name that Acl gives a binding: `User:x|topic|literal|orders|READ|ALLOW|*`. */
const bindingName = (parts: Parts): string =>
  [...parts, 'ALLOW', '*'].map(part => part.replaceAll('%', '%25').replaceAll('|', '%7C')).join('|');

const prefixed = ([principal, resource, pattern, name, operation]: Parts, prefix: string): Parts =>
  prefix !== '' && name === '*' && pattern === 'literal'
    ? [principal, resource, 'prefixed', prefix, operation]
    : [principal, resource, pattern, name === '' && pattern === 'prefixed' && prefix === '' ? '' : prefix + name, operation];
