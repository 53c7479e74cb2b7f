import type { Collapsing } from '#model/collapse.ts';
import type { AccessRule } from '#model/fact.ts';
import type { Template } from './rights.ts';

/** Operations that an account has, by `type⇥pattern⇥name` of the resource, names without prefix. */
export type Have = Map<string, Set<string>>;

/** A topic as a document names it: its own document, or a prefix that ends in `*`. */
export type NamedTopic = string | { readonly tenant: string | null; readonly name: string };

/** One way in which an account has all that a template asks for. */
export interface Instance {
  readonly topics: readonly NamedTopic[];
  readonly values: Readonly<Record<string, string | readonly NamedTopic[]>>;
  readonly rights: readonly { readonly resource: string; readonly operations: readonly string[] }[];
  /** Who owns each name that it holds; null: nobody, or the platform. */
  readonly owners: readonly (string | null)[];
}

const placeholder = /\{(\w+)\}/;
const isList = (name: string): boolean => name === 'topic' || /^outputs?$/.test(name);
const categories: Readonly<Record<string, 'topics' | 'groups' | 'transactionalIds'>> = {
  topic: 'topics',
  group: 'groups',
  transactionalId: 'transactionalIds',
};

interface Match {
  /** As a document writes it: a name, or a prefix that ends in `*`. */
  readonly value: string;
  readonly resource: string;
}

/** Every way in which an account has all that a template can ask for. Lists take all that fits; of several groups or ids each gives an instance of its own. */
export function instancesOf(template: Template, have: Have, around: Collapsing): Instance[] {
  const asked = template.rules.map(rule => ({ rule, input: placeholder.exec(rule.name)?.[1] }));
  if (!asked.some(each => each.input === 'topic') || template.rules.some(rule => rule.name.split(placeholder).length > 3))
    return [];
  const scalars = [...new Set(asked.flatMap(({ input }) => (input === undefined || isList(input) ? [] : [input])))];
  let choices: Record<string, string>[] = [{}];
  for (const scalar of scalars) {
    const rules = template.rules.filter(rule => placeholder.exec(rule.name)?.[1] === scalar);
    const sets = rules.map(rule => new Set(matches(rule, have).map(match => match.value)));
    const fitting = [...(sets[0] ?? [])].filter(value => sets.every(set => set.has(value))).toSorted();
    choices = choices.flatMap(chosen => fitting.map(value => ({ ...chosen, [scalar]: value })));
  }
  return choices.flatMap(chosen => instanceOf(template, chosen, have, around) ?? []);
}

function instanceOf(template: Template, chosen: Record<string, string>, have: Have, around: Collapsing): Instance | undefined {
  const rights = new Map<string, Set<string>>();
  const owners: (string | null)[] = [];
  const lists: Record<string, NamedTopic[]> = {};
  const add = (resource: string, operations: readonly string[]) =>
    rights.set(resource, new Set([...(rights.get(resource) ?? []), ...operations]));
  for (const rule of template.rules) {
    const input = placeholder.exec(rule.name)?.[1];
    if (input !== undefined && isList(input)) continue;
    const match = matches(rule, have).find(each => input === undefined || each.value === chosen[input]);
    if (match === undefined) return undefined;
    add(match.resource, rule.operations);
    owners.push(ownerOf(rule, match, around));
  }
  const scalarResources = new Set(rights.keys());
  for (const rule of template.rules) {
    const input = placeholder.exec(rule.name)?.[1];
    if (input === undefined || !isList(input)) continue;
    for (const match of matches(rule, have)) {
      const named = topicOf(match, around);
      if (named === undefined || scalarResources.has(match.resource)) continue;
      const list = lists[input] ?? [];
      lists[input] = list;
      list.push(named);
      add(match.resource, rule.operations);
      owners.push(typeof named === 'string' ? ownerOf(rule, match, around) : named.tenant);
    }
  }
  const { topic: topics, ...outputs } = lists;
  if (topics === undefined) return undefined;
  return {
    topics,
    values: { ...chosen, ...outputs },
    rights: [...rights].map(([resource, operations]) => ({ resource, operations: [...operations] })),
    owners,
  };
}

/** Where the account has all operations of a rule, and what its placeholder would have to be (empty where it has none). */
function matches(rule: AccessRule, have: Have): Match[] {
  const [before = '', input, after = ''] = rule.name.split(placeholder);
  const whole = input !== undefined && before === '' && after === '' && rule.pattern === undefined;
  return [...have].flatMap<Match>(([resource, operations]) => {
    const [type, pattern = '', name = ''] = resource.split('\t');
    if (type !== rule.resource || !rule.operations.every(operation => operations.has(operation))) return [];
    // A document cannot tell a name that ends in `*` from a prefix; the wildcard alone it can.
    if (pattern === 'literal' && name.length > 1 && name.endsWith('*')) return [];
    if (whole) return [{ resource, value: pattern === 'prefixed' ? `${name}*` : name }];
    if (pattern !== (rule.pattern ?? 'literal')) return [];
    if (input === undefined) return name === rule.name ? [{ resource, value: '' }] : [];
    const value = name.slice(before.length, name.length - after.length);
    return value !== '' && name === before + value + after ? [{ resource, value }] : [];
  });
}

/** A literal topic needs its document; one that does not exist, or only the cluster knows, stays raw. */
function topicOf({ value }: Match, around: Collapsing): NamedTopic | undefined {
  return value.endsWith('*') ? value : around.named('Topic', around.prefix + value);
}

function ownerOf(rule: AccessRule, { value, resource }: Match, around: Collapsing): string | null {
  const category = categories[rule.resource];
  if (category === undefined) return null;
  const [, pattern, name = ''] = resource.split('\t');
  return around.owner(category, pattern === 'prefixed' ? `${name}*` : value.endsWith('*') ? value : name);
}
