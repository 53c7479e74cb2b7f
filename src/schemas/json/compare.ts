import { consequence, type Finding, hasCertain, type Sides } from '../findings.ts';
import { isObject, sortedJson, type Value, type ValueObject } from '../json-text.ts';
import { PairMemo } from '../pair-memo.ts';
import { arrayFindings } from './arrays.ts';
import { combinedFindings } from './combined.ts';
import { type JsonSchema, listOf, meantTypes, type Target, takesAll, typesOf, without } from './model.ts';
import { objectFindings } from './objects.ts';
import { numberFindings, textFindings } from './scalars.ts';

/** One comparison of two schemas, with all that its parts need. `accepts` says why the reader does not take every value that the writer may write. */
export interface Walk {
  readonly sides: Sides;
  readonly accepts: (reader: Value, writer: Value) => readonly Finding[];
  /** Through `$ref`s to the schema that they lead to. */
  readonly follow: (value: Value) => Value;
  readonly tell: (code: string, rest: string) => Finding;
  readonly doubt: (code: string, rest: string) => Finding;
}

/**
 * Why a reader with one schema does not take every value that the other allows, by Confluent's published rules for JSON Schema: values are laid into values,
 * an open content model is one that allows any value under every name, and a default makes up for a required property. What these rules and plain logic do
 * not decide (patterns, conditions, `not`) is told as uncertain.
 */
export function compareJson(reader: JsonSchema, writer: JsonSchema, sides: Sides): readonly Finding[] {
  const memo = new PairMemo<ValueObject>();
  const finding =
    (certain: boolean) =>
    (code: string, rest: string): Finding => ({ code, path: '', certain, say: place => `${place} ${rest}` });
  const walk: Walk = {
    sides,
    tell: finding(true),
    doubt: finding(false),
    follow: value => followed(value, node => reader.refs.get(node) ?? writer.refs.get(node)),
    accepts: (to, from) => {
      const [r, w] = [walk.follow(to), walk.follow(from)];
      if (takesAll(r) || w === false) return [];
      if (!isObject(r))
        return [walk.tell('type-narrowed', `takes no value at all in the ${sides.reader} schema: ${consequence(sides)}`)];
      const any = isObject(w) ? w : anything;
      return memo.judge(r, any, () => combinedFindings(walk, r, any));
    },
  };
  return reader.fingerprint === writer.fingerprint ? [] : walk.accepts(reader.root, writer.root);
}

const anything = Object.freeze(Object.create(null)) as ValueObject;

/** Through `$ref`s, to what is none; drafts from 2019 on keep what stands beside one, as an `allOf`. */
function followed(value: Value, targetOf: (node: ValueObject) => Target | undefined): Value {
  let at = value;
  for (let steps = 0; isObject(at) && steps < 1_000; steps++) {
    const target = targetOf(at);
    if (target === undefined) return at;
    const rest = Object.keys(at).filter(each => each !== '$ref' && each !== '$dynamicRef');
    if (!target.alone && !takesAll(Object.fromEntries(rest.map(each => [each, true])))) return beside(at, target.value);
    at = target.value;
  }
  return isObject(at) ? true : at;
}

const combined = new WeakMap<ValueObject, ValueObject>();

function beside(at: ValueObject, target: Value): ValueObject {
  const known = combined.get(at);
  if (known !== undefined) return known;
  const both = without(at, ['$ref', '$dynamicRef']);
  both.allOf = [...listOf(at.allOf), target];
  combined.set(at, both);
  return both;
}

/** All that a schema says itself, without what it combines. Keywords count for values of their type alone. */
export function ownFindings(walk: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const findings = [...typeFindings(walk, reader, writer), ...valueFindings(walk, reader, writer)];
  if (hasCertain(findings)) return findings;
  const types = typesOf(writer);
  const may = (...names: string[]): boolean => types === undefined || names.some(each => types.includes(each));
  const rest: Finding[] = [];
  if (may('string')) rest.push(...textFindings(walk, reader, writer));
  if (may('number', 'integer')) rest.push(...numberFindings(walk, reader, writer));
  if (may('object')) rest.push(...objectFindings(walk, reader, writer));
  if (may('array')) rest.push(...arrayFindings(walk, reader, writer));
  rest.push(...otherFindings(walk, reader, writer));
  // The values that the writer lists may keep all that; they are not tried one by one.
  return [
    ...findings,
    ...(valuesOf(writer).length === 0
      ? rest
      : valuesOf(reader).length > 0
        ? []
        : rest.map(each => ({ ...each, certain: false }))),
  ];
}

function typeFindings({ sides, tell, doubt }: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const to = typesOf(reader);
  if (to === undefined || valuesOf(writer).length > 0) return [];
  const from = typesOf(writer);
  const missing = (from ?? meantTypes(writer)).filter(
    each => !to.includes(each) && !(each === 'integer' && to.includes('number')),
  );
  if (from === undefined && missing.length === 0 && meantTypes(writer).length > 0)
    return [
      doubt(
        'type-narrowed',
        `is only by its keywords ${meantTypes(writer).join(' or ')} in the ${sides.writer} schema; values of other types would not be read`,
      ),
    ];
  if (from !== undefined && missing.length === 0) return [];
  const was = from === undefined ? 'of any type' : from.join(' or ');
  return [
    tell(
      'type-narrowed',
      `is ${was} in the ${sides.writer} schema and ${to.join(' or ')} in the ${sides.reader} one: ${consequence(sides)}`,
    ),
  ];
}

/** `enum`, or `const` as an `enum` of one. */
const valuesOf = (schema: ValueObject): readonly Value[] => (schema.const === undefined ? listOf(schema.enum) : [schema.const]);

function valueFindings({ sides, tell, accepts }: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const [to, from] = [valuesOf(reader), valuesOf(writer)];
  if (from.length > 0 && to.length === 0) {
    const types = new Set(from.map(typeOf));
    return accepts(typesOf(reader) === undefined ? true : { type: [...(typesOf(reader) ?? [])] }, { type: [...types] }).slice();
  }
  if (to.length === 0) return [];
  const taken = new Set(to.map(sortedJson));
  const missing = from.filter(each => !taken.has(sortedJson(each)));
  if (from.length > 0 && missing.length === 0) return [];
  const change =
    from.length === 0
      ? `is one of a list of values in the ${sides.reader} schema alone`
      : `may be ${missing.slice(0, 5).map(sortedJson).join(', ').slice(0, 200)} in the ${sides.writer} schema, which the ${sides.reader} one does not list`;
  return [tell('enum-narrowed', `${change}: ${consequence(sides)}`)];
}

const typeOf = (value: Value): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : Number.isInteger(value) || typeof value === 'bigint'
        ? 'integer'
        : typeof value;

const unjudged =
  'contains dependentSchemas else if maxContains minContains propertyNames then unevaluatedItems unevaluatedProperties'.split(
    ' ',
  );

/** Keywords that we do not judge: where the reader's differ, we say so. */
function otherFindings({ sides, doubt }: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const changed = unjudged.filter(
    each => reader[each] !== undefined && (writer[each] === undefined || sortedJson(reader[each]) !== sortedJson(writer[each])),
  );
  return changed.map(each =>
    doubt('not-compared', `has another \`${each}\` in the ${sides.reader} schema, which is not compared`),
  );
}
