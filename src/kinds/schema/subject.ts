import type { Named, OwnedName } from '../kind.ts';
import type { SchemaSpec } from './spec.ts';

/** How clients come to a subject: by its topic, by the record's own name, by both; `other` where the name says nothing. */
export type Naming =
  | { readonly by: 'topic'; readonly topic: string }
  | { readonly by: 'topic-record'; readonly topic: string }
  | { readonly by: 'record' | 'other' };

export const plainSubject = (schema: Pick<Named, 'name' | 'spec'>): string =>
  typeof schema.spec.subject === 'string' ? schema.spec.subject : schema.name;

/** The schema's text as it is registered; undefined where none can be had. A definition in YAML becomes JSON. */
export function textOf({ spec, files }: Pick<Named, 'spec' | 'files'>): string | undefined {
  const { definition, file } = spec as SchemaSpec;
  if (typeof definition === 'string') return definition;
  if (definition !== undefined) return JSON.stringify(definition);
  // A byte order mark says how the file is encoded and is none of its text; a registry would take it for a sign that it does not know.
  return file === undefined ? undefined : files?.[file]?.replace(/^\uFEFF/, '');
}

type Schema = Pick<Named, 'name' | 'spec' | 'files'>;

const told = new WeakMap<object, { readonly of: Schema; readonly naming: Naming }>();

/** Asked before the shape is checked and before references are known: what cannot be told is `other`. A text is read for it once, however often this is asked. */
export function namingOf(schema: Schema): Naming {
  const known = told.get(schema.spec);
  if (known !== undefined && known.of.name === schema.name && known.of.files === schema.files) return known.naming;
  const naming = readNaming(schema);
  told.set(schema.spec, { of: schema, naming });
  return naming;
}

function readNaming(schema: Schema): Naming {
  const subject = plainSubject(schema);
  const text = textOf(schema) ?? '';
  const record = mayName(text, subject) ? recordOf(String(schema.spec.type), text) : undefined;
  if (record !== undefined && subject === record) return { by: 'record' };
  if (record !== undefined && subject.endsWith(`-${record}`))
    return { by: 'topic-record', topic: subject.slice(0, -record.length - 1) };
  const topic = /^(.+)-(key|value)$/.exec(subject)?.[1];
  return topic === undefined ? { by: 'other' } : { by: 'topic', topic };
}

/** A text that does not have the last word of the subject anywhere, and escapes nothing, need not be read to know that its record is not what the subject is named by. */
const mayName = (text: string, subject: string): boolean =>
  text.includes('\\') || text.includes(subject.split(/[.-]/).at(-1) ?? '');

/** Subjects that clients derive from the record alone take no prefix: no client would find them behind one. */
export const remoteSubject = (schema: Named, prefix: string): string =>
  namingOf(schema).by === 'record' ? plainSubject(schema) : prefix + plainSubject(schema);

/** A subject named by its topic is owned with the topic. */
export function ownedSubject(schema: Named): OwnedName[] {
  const naming = namingOf(schema);
  const path = schema.spec.subject === undefined ? [] : ['subject'];
  return 'topic' in naming
    ? [{ category: 'topics', name: naming.topic, path }]
    : [{ category: 'subjects', name: plainSubject(schema), path }];
}

/** Comments and texts of Protobuf. One that never ends goes to the end: looking for an end that is not there from each beginning would take for ever. */
const noCode = /\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?/g;

/** The name that clients give the record: Avro's full name, Protobuf's first message with its package, JSON Schema's title. */
function recordOf(type: string, text: string): string | undefined {
  if (type === 'PROTOBUF') {
    const bare = text.replace(noCode, ' ');
    const inside = /(?:^|[;}\s])package\s+([\w.]+)\s*;/.exec(bare)?.[1];
    const message = /(?:^|[;}\s])message\s+(\w+)/.exec(bare)?.[1];
    return message === undefined ? undefined : inside === undefined ? message : `${inside}.${message}`;
  }
  try {
    const { name, namespace, title } = JSON.parse(text) as Record<string, unknown>;
    if (type === 'JSON') return typeof title === 'string' ? title : undefined;
    if (typeof name !== 'string') return undefined;
    return name.includes('.') || typeof namespace !== 'string' || namespace === '' ? name : `${namespace}.${name}`;
  } catch {
    return undefined;
  }
}

/**
 * By which names a subject that only the registry knows may be somebody's: its own, or that of a topic that it may be named by, where a record's name may
 * follow each of its hyphens. `name` is without environment prefix.
 */
export const ownedAs = (name: string): readonly Pick<OwnedName, 'category' | 'name'>[] => [
  { category: 'subjects', name },
  ...[...name.matchAll(/-/g)].map(({ index }) => ({ category: 'topics' as const, name: name.slice(0, index) })),
];
