import type { AccessRule, Fact } from '#model/fact.ts';
import { covers } from '#model/name-pattern.ts';
import type { Path } from '#model/position.ts';
import type { Resource } from '#model/resource.ts';
import type { Surroundings } from '../kind.ts';
import { consentsTo, topicFact } from './known.ts';
import type { AccessSpec } from './spec.ts';

export type Template = Extract<Fact, { fact: 'accessTemplate' }>;

/** One name that an Access asks for through one rule of its template, before prefixing. */
export interface Right {
  readonly resourceType: string;
  readonly name: string;
  readonly pattern: string;
  readonly operations: readonly string[];
  /** Where the Access says it; absent where the template itself does: then the platform has decided. */
  readonly path?: Path;
  /**
   * `own`: the tenant owns it, or nobody has to agree. `consented`: a Grant covers it. `unconsented`: a topic whose owner may yet agree.
   * `foreign`: a name that only its owner may use.
   */
  readonly standing: 'own' | 'consented' | 'unconsented' | 'foreign';
  /** Who owns it; null: the platform. */
  readonly owner: string | null;
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1] as string);

/** The placeholders of a template's rules, and which of them must be given: all but transactional ids and lists that it does not name itself. */
export function inputsOf(template: Template): { readonly all: Set<string>; readonly required: Set<string> } {
  const listed = template.parameters.map(each => (each === 'topics' ? 'topic' : each));
  const all = new Set([...template.rules.flatMap(rule => placeholders(rule.name)), ...listed]);
  return { all, required: new Set([...all].filter(each => listed.includes(each) || !/^(transactionalId|outputs?)$/.test(each))) };
}

interface Given {
  readonly value: string;
  readonly path: Path;
}

/** What the Access gives for a placeholder: `{topic}` its topics, `{group}` and `{transactionalId}` these fields, others the parameter of that name. */
export function valuesFor(placeholder: string, spec: AccessSpec): readonly Given[] {
  const [value, path]: [string | readonly string[] | undefined, Path] =
    placeholder === 'topic'
      ? [spec.topics, ['topics']]
      : placeholder === 'group' || placeholder === 'transactionalId'
        ? [spec[placeholder], [placeholder]]
        : [spec.parameters?.[placeholder], ['parameters', placeholder]];
  if (value === undefined) return [];
  return typeof value === 'string' ? [{ value, path }] : value.map((each, index) => ({ value: each, path: [...path, index] }));
}

/** Everything that an Access asks for, each with whether its tenant may have it. */
export const rightsOf = (resource: Resource, template: Template, around: Surroundings): Right[] =>
  template.rules.flatMap(rule => fill(rule, resource.spec as AccessSpec).map(filled => judge(filled, rule, resource, around)));

interface Filled {
  readonly name: string;
  readonly open: boolean;
  readonly path?: Path;
  /** The value is the name of a Topic document, not of a topic on the cluster. */
  readonly reference: boolean;
}

function fill(rule: AccessRule, spec: AccessSpec): Filled[] {
  const wanted = [...new Set(placeholders(rule.name))];
  if (wanted.length === 0) return [{ name: rule.name, open: false, reference: false }];
  let partial: { name: string; path?: Path }[] = [{ name: rule.name }];
  for (const placeholder of wanted)
    partial = partial.flatMap(each =>
      valuesFor(placeholder, spec).map(({ value, path }) => ({ name: each.name.replaceAll(`{${placeholder}}`, value), path })),
    );
  const topics = rule.resource === 'topic' && /^\{(topic|outputs?)\}$/.test(rule.name);
  return partial.map(({ name: given, path }) => {
    const open = given.endsWith('*');
    // `TENANT/prefix*` is the prefix: names on the cluster belong to whoever owns them.
    const name = topics && open ? given.slice(given.indexOf('/') + 1) : given;
    return {
      name: open ? name.slice(0, -1) : name,
      open,
      reference: topics && !open,
      ...(path === undefined ? {} : { path }),
    };
  });
}

const categories = { topic: 'topics', group: 'groups', transactionalId: 'transactionalIds' } as const;

function judge(filled: Filled, rule: AccessRule, resource: Resource, around: Surroundings): Right {
  const tenant = resource.tenant;
  const topic = filled.reference ? around.resolve({ kind: 'Topic', name: filled.name }, tenant, resource.cluster) : undefined;
  const name = topic === undefined ? filled.name : (topicFact(topic.remoteName, around)?.name ?? topic.name);
  const everything = filled.open && name === '';
  const pattern = everything ? 'literal' : filled.open ? 'prefixed' : (rule.pattern ?? 'literal');
  const wanted = everything ? '*' : pattern === 'prefixed' ? `${name}*` : name;
  const category = categories[rule.resource as keyof typeof categories] as
    | (typeof categories)[keyof typeof categories]
    | undefined;
  const owner = topic?.tenant ?? (category === undefined ? null : around.owner(category, wanted));
  const right = { resourceType: rule.resource, name: everything ? '*' : name, pattern, operations: rule.operations, owner };
  if (filled.path === undefined) return { ...right, standing: 'own' };
  if (tenant === null || owner === tenant) return { ...right, standing: 'own', path: filled.path };
  if (rule.resource !== 'topic' || !/^\{(topic|outputs?)\}$/.test(rule.name))
    return { ...right, standing: 'foreign', path: filled.path };
  const asked = [wanted, ...(topic === undefined ? [] : [topic.name])];
  const consented = consentsTo(tenant, around).some(
    consent =>
      consent.as === (resource.spec as AccessSpec).as &&
      (consent.from === owner || consent.from === null) &&
      consent.topics.some(pattern => asked.some(each => covers(pattern.slice(pattern.indexOf('/') + 1), each))),
  );
  return { ...right, standing: consented ? 'consented' : 'unconsented', path: filled.path };
}
