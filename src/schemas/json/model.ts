import { isObject, type Value, type ValueObject } from '../json-text.ts';

/** What a `$ref` leads to. `alone`: what stands beside it counts for nothing (drafts up to 7). */
export interface Target {
  readonly value: Value;
  readonly alone: boolean;
}

/** A parsed JSON Schema with all its `$ref`s resolved. */
export interface JsonSchema {
  readonly type: 'JSON';
  readonly root: Value;
  readonly refs: ReadonlyMap<ValueObject, Target>;
  /** The `$id`s of its own text. */
  readonly ids: readonly string[];
  /** Equal for schemas that say the same, references included. */
  readonly fingerprint: string;
}

/** Keywords whose value is one schema, a list of schemas, a mapping of names to schemas. */
export const single: ReadonlySet<string> = new Set(
  'additionalItems additionalProperties contains else if items not propertyNames then unevaluatedItems unevaluatedProperties'.split(
    ' ',
  ),
);
export const listed: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems']);
export const mapped: ReadonlySet<string> = new Set([
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);

export const kinds = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

export const isSchema = (value: unknown): value is ValueObject | boolean => typeof value === 'boolean' || isObject(value);

export const listOf = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);
export const mapOf = (value: Value | undefined): ValueObject => (isObject(value) ? value : (Object.create(null) as ValueObject));

/** A copy that lacks some keywords. */
export function without(schema: ValueObject, keywords: readonly string[]): ValueObject {
  const copy = Object.create(null) as ValueObject;
  for (const key of Object.keys(schema)) if (!keywords.includes(key)) copy[key] = schema[key] as Value;
  return copy;
}

/** The types that a schema names; undefined when it names none and every type will do. */
export function typesOf(schema: ValueObject): readonly string[] | undefined {
  const { type } = schema;
  return typeof type === 'string' ? [type] : Array.isArray(type) ? (type as string[]) : undefined;
}

/** The type that a schema without `type` is about, by the keywords that it has. */
export function meantTypes(schema: ValueObject): readonly string[] {
  const has = (words: string): boolean => words.split(' ').some(each => Object.hasOwn(schema, each));
  const meant: string[] = [];
  if (has('properties required additionalProperties patternProperties minProperties maxProperties')) meant.push('object');
  if (has('items prefixItems minItems maxItems uniqueItems contains')) meant.push('array');
  if (has('minLength maxLength pattern')) meant.push('string');
  if (has('minimum maximum exclusiveMinimum exclusiveMaximum multipleOf')) meant.push('number');
  return meant;
}

/** Does a schema take every value? `{}` and `true`, with titles and the like. */
export const takesAll = (schema: Value | undefined): boolean =>
  schema === undefined || schema === true || (isObject(schema) && Object.keys(schema).every(each => annotations.has(each)));

/** Keywords that refuse no value. */
const annotations: ReadonlySet<string> = new Set(
  '$id id $schema $comment $anchor $defs definitions title description default examples deprecated readOnly writeOnly format contentEncoding contentMediaType'.split(
    ' ',
  ),
);
