import { inReference } from '../in-reference.ts';
import { isObject, type JsonText, readJson, sortedJson, type Value, type ValueObject } from '../json-text.ts';
import { inOrder } from '../limits.ts';
import { SchemaError, type SchemaText } from '../schema.ts';
import { keywordProblem } from './keywords.ts';
import { isSchema, type JsonSchema, listed, mapped, single, type Target } from './model.ts';
import { type Documents, documentOf, idOf, isMetaSchema, resolveRef, type Scope, scopeOf } from './pointers.ts';

/** One text: its schemas in the order in which they stand. */
interface Read {
  readonly name: string;
  readonly text: JsonText;
  readonly nodes: ReadonlyMap<ValueObject, Scope>;
}

/**
 * A JSON Schema (draft 4 to 2020-12) with the documents that its `$ref`s lead to, by the references' names or their `$id`s. Patterns are never run.
 * @throws SchemaError
 */
export function parseJson(text: string, references: readonly SchemaText[]): JsonSchema {
  const read = references.map(each => inReference(each.name, () => readOne(each.name, each.text)));
  const own = readOne('', text);
  const documents: Documents = new Map();
  for (const each of [...read, own]) for (const [node, scope] of each.nodes) enter(documents, each, { node, scope });
  const refs = new Map<ValueObject, Target>();
  const uses = read.map(each => inReference(each.name, () => resolveAll(each, documents, refs)));
  inOrder(references, index =>
    [...(uses[index] ?? [])].map(name => references.findIndex(each => each.name === name)).filter(each => each >= 0),
  );
  resolveAll(own, documents, refs);
  const ids = [...own.nodes.keys()].map(idOf).filter(each => each !== undefined && !each.startsWith('#')) as string[];
  return {
    type: 'JSON',
    root: own.text.value,
    refs,
    ids,
    get fingerprint() {
      return [own, ...read].map(each => `${each.name} ${sortedJson(each.text.value)}`).join('\n');
    },
  };
}

function readOne(name: string, source: string): Read {
  const text = readJson(source);
  if (!isSchema(text.value)) throw new SchemaError('a JSON Schema is an object, or true or false', { line: 1, column: 1 });
  const nodes = new Map<ValueObject, Scope>();
  gather({ text, nodes }, text.value, { base: name, root: text.value });
  return { name, text, nodes };
}

function gather(into: { text: JsonText; nodes: Map<ValueObject, Scope> }, schema: Value, around: Scope): void {
  if (!isObject(schema)) return;
  const scope = scopeOf(schema, around);
  into.nodes.set(schema, scope);
  const wrong = keywordProblem(schema);
  if (wrong !== undefined) throw new SchemaError(wrong, into.text.placeOf(schema));
  for (const key in schema) {
    const value = schema[key] as Value;
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      if (listed.has(key)) for (const each of value) gather(into, each, scope);
    } else if (single.has(key)) gather(into, value, scope);
    else if (mapped.has(key)) for (const each of Object.values(value)) gather(into, each, scope);
  }
}

function enter(documents: Documents, { name, text }: Read, { node, scope }: { node: ValueObject; scope: Scope }): void {
  const document = documentOf(documents, name, text.value);
  const id = idOf(node);
  if (id?.startsWith('#')) document.anchors.set(id.slice(1), node);
  else if (id !== undefined) {
    const named = node === text.value ? document : { name, root: node, anchors: new Map() };
    for (const each of [id, scope.base]) documents.set(each.replace(/#$/, ''), named);
  }
  const around = documents.get(scope.base);
  for (const key of ['$anchor', '$dynamicAnchor'])
    if (typeof node[key] === 'string') for (const each of [document, around]) each?.anchors.set(node[key], node);
}

/** The names of the references that the text's `$ref`s lead to. */
function resolveAll(read: Read, documents: Documents, refs: Map<ValueObject, Target>): Set<string> {
  const used = new Set<string>();
  const root = isObject(read.text.value) ? read.text.value : undefined;
  const dialect = typeof root?.$schema === 'string' ? root.$schema : '';
  const alone = /draft-0?[3-7]/.test(dialect) || dialect === '';
  for (const [node, scope] of read.nodes) {
    const ref = node.$ref ?? node.$dynamicRef;
    if (typeof ref !== 'string') continue;
    const found = isMetaSchema(ref)
      ? { value: true as Value, name: read.name }
      : resolveRef(documents, { ref, scope, name: read.name });
    if (found === undefined)
      throw new SchemaError(
        `\`$ref\` ${JSON.stringify(ref.slice(0, 200))} leads nowhere, neither here nor in a reference`,
        read.text.placeOf(node),
      );
    refs.set(node, { value: found.value, alone });
    if (found.name !== read.name) used.add(found.name);
  }
  return used;
}
