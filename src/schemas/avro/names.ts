import { isObject, type Value, type ValueObject } from '../json-text.ts';
import { maxNameLength } from '../limits.ts';
import { SchemaError } from '../schema.ts';
import { primitives } from './model.ts';

const part = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const isName = (text: string): boolean => part.test(text);
export const isFullName = (text: string): boolean => text.split('.').every(each => part.test(each));
export const isPrimitive = (text: string): boolean => (primitives as readonly string[]).includes(text);
export const isNamedKind = (type: unknown): boolean =>
  type === 'record' || type === 'error' || type === 'enum' || type === 'fixed';

/** The full name that `name` stands for inside `namespace` (Avro specification, "Names"). Throws SchemaError when it is too long. */
export function fullName(name: string, namespace: string): string {
  if (name.length + namespace.length > maxNameLength) throw new SchemaError(`a name is longer than ${maxNameLength} characters`);
  return name.includes('.') || namespace === '' ? name.replace(/^\./, '') : `${namespace}.${name}`;
}

export const namespaceOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));

/** The full name of a definition, and with it the namespace of what stands inside. */
export function definedName(definition: ValueObject, namespace: string): string {
  const name = typeof definition.name === 'string' ? definition.name : '';
  const own = typeof definition.namespace === 'string' ? definition.namespace : namespace;
  return fullName(name, own);
}

/** The full names that a text defines, and those that it may refer to: enough to put references in order before any is read. */
export interface NamesIn {
  readonly defined: Set<string>;
  readonly used: Set<string>;
}

export function namesIn(value: Value, namespace = '', found: NamesIn = { defined: new Set(), used: new Set() }): NamesIn {
  if (typeof value === 'string') {
    if (!isPrimitive(value)) found.used.add(value).add(fullName(value, namespace));
  } else if (Array.isArray(value)) for (const branch of value) namesIn(branch, namespace, found);
  else if (isObject(value)) {
    const { type } = value;
    const defined = isNamedKind(type) ? definedName(value, namespace) : undefined;
    if (defined !== undefined) found.defined.add(defined);
    const inside = defined === undefined ? namespace : namespaceOf(defined);
    if (Array.isArray(value.fields))
      for (const field of value.fields) if (isObject(field)) namesIn(field.type ?? null, inside, found);
    if (type === 'array') namesIn(value.items ?? null, inside, found);
    else if (type === 'map') namesIn(value.values ?? null, inside, found);
    else if (defined === undefined) namesIn(type ?? null, inside, found);
  }
  return found;
}
