import { isObject, type Value, type ValueObject } from '../json-text.ts';
import { isSchema } from './model.ts';

interface Document {
  /** The reference that it stands in; empty for the schema's own text. */
  readonly name: string;
  readonly root: Value;
  readonly anchors: Map<string, ValueObject>;
}

/** Documents by the names of references and by `$id`. */
export type Documents = Map<string, Document>;

/** A schema with an `$id` of its own, with what stands in it: its `$ref`s are relative to it (JSON Schema core, embedded resources). */
export interface Scope {
  readonly base: string;
  readonly root: Value;
}

/** The scope of a node that stands in `scope`. Of an `$id` that is a fragment alone older drafts make an anchor. */
export function scopeOf(node: ValueObject, scope: Scope): Scope {
  const id = idOf(node);
  return id === undefined || id.startsWith('#') ? scope : { base: absolute(id.replace(/#$/, ''), scope.base), root: node };
}

export function idOf(node: ValueObject): string | undefined {
  const id = node.$id ?? node.id;
  return typeof id === 'string' ? id : undefined;
}

export function documentOf(documents: Documents, name: string, root: Value): Document {
  const document = documents.get(name) ?? { name, root, anchors: new Map() };
  documents.set(name, document);
  return document;
}

/** Meta-schemas describe schemas, which are any object for us. */
export const isMetaSchema = (ref: string): boolean => /^https?:\/\/json-schema\.org\//.test(ref);

interface Reference {
  readonly ref: string;
  readonly scope: Scope;
  /** The text that it stands in. */
  readonly name: string;
}

/** What a `$ref` leads to (RFC 3986 for the document, RFC 6901 or an anchor inside), undefined when there is nothing. Nothing is fetched. */
export function resolveRef(documents: Documents, { ref, scope, name }: Reference): { value: Value; name: string } | undefined {
  const [uri = '', ...rest] = ref.split('#');
  // Many texts have an `$id` in every part and mean the whole by `#` all the same.
  const meant =
    uri === ''
      ? [documents.get(scope.base), documents.get(name)]
      : [documents.get(uri), documents.get(absolute(uri, scope.base))];
  for (const document of meant) {
    if (document === undefined || (uri === '' && document.name !== name)) continue;
    const value = inside(document, rest.join('#'));
    if (isSchema(value)) return { value, name: document.name };
  }
  return undefined;
}

function absolute(uri: string, base: string): string {
  return URL.canParse(uri, base) ? new URL(uri, base).href : uri;
}

function inside({ root, anchors }: Document, fragment: string): Value | undefined {
  if (fragment === '') return root;
  if (!fragment.startsWith('/')) return anchors.get(fragment);
  let value: Value | undefined = root;
  for (const step of fragment.slice(1).split('/')) {
    const key = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
