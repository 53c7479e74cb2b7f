import { isObject, type Value } from '../json-text.ts';
import { type AvroRecord, type AvroType, typeText } from './model.ts';

const int = (value: Value): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
const long = (value: Value): boolean =>
  (typeof value === 'number' && Number.isSafeInteger(value)) ||
  (typeof value === 'bigint' && value >= -(2n ** 63n) && value < 2n ** 63n);
const number = (value: Value): boolean => typeof value === 'number' || typeof value === 'bigint';
/** Bytes stand as a string whose characters are their values. */
const bytes = (value: Value): value is string => typeof value === 'string' && !/[\u0100-\uffff]/.test(value);

/** Why `value` is no default for the type, or undefined. A union's default fits any of its branches (specification 1.12; before, only the first). */
export function defaultProblem(type: AvroType, value: Value): string | undefined {
  switch (type.kind) {
    case 'null':
      return expected(value === null, type, value);
    case 'boolean':
      return expected(typeof value === 'boolean', type, value);
    case 'int':
      return expected(int(value), type, value);
    case 'long':
      return expected(long(value), type, value);
    case 'float':
    case 'double':
      return expected(number(value), type, value);
    case 'string':
      return expected(typeof value === 'string', type, value);
    case 'bytes':
      return expected(bytes(value), type, value);
    case 'fixed':
      return expected(bytes(value) && value.length === type.size, type, value);
    case 'enum':
      return expected(typeof value === 'string' && type.symbols.includes(value), type, value);
    case 'array':
      return Array.isArray(value) ? first(value, each => defaultProblem(type.items, each)) : expected(false, type, value);
    case 'map':
      return isObject(value)
        ? first(Object.values(value), each => defaultProblem(type.values, each))
        : expected(false, type, value);
    case 'record':
      return recordProblem(type, value);
    case 'union':
      return expected(
        type.branches.some(each => defaultProblem(each, value) === undefined),
        type,
        value,
      );
  }
}

function recordProblem(type: AvroRecord, value: Value): string | undefined {
  if (!isObject(value)) return expected(false, type, value);
  return first(type.fields, field => {
    const given = value[field.name];
    if (given !== undefined) return defaultProblem(field.type, given);
    return field.default === undefined ? `${typeText(type)} needs a value for \`${field.name}\`` : undefined;
  });
}

function first<T>(items: readonly T[], problemOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function expected(fits: boolean, type: AvroType, value: Value): string | undefined {
  if (fits) return undefined;
  const text =
    typeof value === 'object'
      ? value === null
        ? 'null'
        : Array.isArray(value)
          ? 'a list'
          : 'an object'
      : `${value}`.slice(0, 40);
  return `${typeText(type)} is expected, there is ${typeof value === 'string' ? `"${text}"` : text}`;
}
