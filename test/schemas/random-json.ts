import type { Pick } from './random-avro.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const types = ['string', 'integer', 'number', 'boolean', 'null', 'object', 'array'];

/** A small random JSON Schema: types, limits, properties, items, listed values and combinations over a few names and numbers. */
export function randomSchema(pick: Pick, depth: number): Json {
  const kind = pick(depth > 0 ? 16 : 9);
  if (kind === 0) return pick(2) === 0;
  if (kind === 1) return { enum: ['a', 'b', 1, null].slice(pick(3)) };
  if (kind === 2) return { type: 'string', ...limit(pick, 'minLength', 'maxLength') };
  if (kind === 3) return { type: pick(2) ? 'number' : 'integer', ...limit(pick, 'minimum', 'maximum') };
  if (kind === 4)
    return {
      type: 'number',
      ...limit(pick, 'exclusiveMinimum', 'exclusiveMaximum'),
      ...(pick(3) ? {} : { multipleOf: 1 + pick(3) }),
    };
  if (kind === 5)
    return {
      type: [types[pick(7)] as string, types[pick(7)] as string].filter((each, index, all) => all.indexOf(each) === index),
    };
  if (kind < 9) return { type: types[pick(7)] as string };
  if (kind < 12) return randomObject(pick, depth - 1);
  if (kind === 12) return { type: 'array', items: randomSchema(pick, depth - 1), ...limit(pick, 'minItems', 'maxItems') };
  if (kind === 13)
    return {
      type: 'array',
      items: [randomSchema(pick, depth - 1)],
      ...(pick(2) ? { additionalItems: randomSchema(pick, 0) } : {}),
    };
  const word = ['allOf', 'anyOf', 'oneOf', 'not'][pick(4)] as string;
  if (word === 'oneOf') return { oneOf: exclusive(pick) };
  const parts = [randomSchema(pick, depth - 1), randomSchema(pick, depth - 1)].slice(pick(2));
  const own: Record<string, Json> = pick(2) ? {} : { type: types[pick(7)] as string };
  return { ...own, [word]: word === 'not' ? (parts[0] as Json) : parts };
}

/** Scalars: whether two branches for objects overlap, the rules do not ask, and a validator does. */
const exclusive = (pick: Pick): Json[] =>
  types
    .slice(0, 4)
    .filter(() => pick(2) === 0)
    .concat('null')
    .map(type => ({ type }));

function limit(pick: Pick, low: string, high: string): Record<string, Json> {
  return { ...(pick(2) ? {} : { [low]: pick(3) }), ...(pick(2) ? {} : { [high]: 2 + pick(4) }) };
}

function randomObject(pick: Pick, depth: number): Json {
  const properties = Object.fromEntries(
    ['a', 'b', 'c'].filter(() => pick(2) === 0).map(name => [name, randomSchema(pick, depth)]),
  );
  return {
    ...(pick(4) ? { type: 'object' } : {}),
    properties,
    ...(pick(3) ? {} : { required: ['a', 'b'].slice(pick(2)) }),
    ...(pick(2) ? {} : { additionalProperties: pick(2) ? false : randomSchema(pick, 0) }),
    ...(pick(6) ? {} : { dependencies: { a: ['b'] } }),
    ...limit(pick, 'minProperties', 'maxProperties'),
  };
}

/** The same schema with a few random changes at any depth. */
export function changedSchema(schema: Json, pick: Pick): Json {
  if (pick(8) === 0) return randomSchema(pick, 1);
  if (pick(12) === 0) return { anyOf: [schema, randomSchema(pick, 0)] };
  if (Array.isArray(schema)) return schema;
  if (typeof schema === 'number') return pick(3) ? schema : schema + 1 + pick(2);
  if (typeof schema !== 'object' || schema === null) return schema;
  const changed: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (pick(10) === 0 && key !== 'properties') continue;
    if (key === 'properties')
      changed[key] = Object.fromEntries(
        Object.entries(value as object)
          .filter(() => pick(8) > 0)
          .map(([name, each]) => [name, changedSchema(each, pick)]),
      );
    else if (['items', 'not', 'additionalProperties', 'additionalItems'].includes(key) && !Array.isArray(value))
      changed[key] = changedSchema(value, pick);
    else if (key === 'oneOf') changed[key] = pick(3) ? value : exclusive(pick);
    else if (/Of$/.test(key) && Array.isArray(value)) changed[key] = value.map(each => changedSchema(each, pick));
    else if (typeof value === 'number')
      changed[key] = Math.max(key === 'multipleOf' ? 1 : 0, value + (pick(3) ? 0 : pick(3) - 1));
    else changed[key] = value;
  }
  for (const key of ['items', 'not', 'additionalItems']) if (typeof changed[key] === 'number') delete changed[key];
  return changed;
}
