import { isObject, sortedJson, type Value, type ValueObject } from '../json-text.ts';
import { type JsonSchema, listed, mapped, single } from './model.ts';

/** Sorted keys, and sorted lists where JSON Schema means a set: `required` and `type`. Values that are data (`default`, `enum`, `const`) stay as they are. */
export const canonicalJsonSchema = (schema: JsonSchema): string => sortedJson(ordered(schema.root));

function ordered(schema: Value): Value {
  if (!isObject(schema)) return schema;
  const copy = Object.assign(Object.create(null), schema) as ValueObject;
  for (const key of ['required', 'type']) if (Array.isArray(copy[key])) copy[key] = [...(copy[key] as string[])].toSorted();
  for (const key of single) if (isObject(copy[key])) copy[key] = ordered(copy[key] as Value);
  for (const key of listed) if (Array.isArray(copy[key])) copy[key] = (copy[key] as Value[]).map(ordered);
  for (const key of mapped)
    if (isObject(copy[key])) {
      const members = Object.create(null) as ValueObject;
      for (const [name, each] of Object.entries(copy[key] as ValueObject)) members[name] = ordered(each);
      copy[key] = members;
    }
  return copy;
}
