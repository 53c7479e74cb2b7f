import { joined } from '../findings.ts';
import { isObject, type Value, type ValueObject } from '../json-text.ts';
import { maxDepth, maxFields } from '../limits.ts';
import type { SchemaField } from '../schema.ts';
import { type JsonSchema, listOf, mapOf, meantTypes, typesOf } from './model.ts';

/** Every property with its path, through `$ref`, lists and combined schemas; a schema inside itself is not opened again. */
export function fieldsOfJson(schema: JsonSchema): SchemaField[] {
  const fields: SchemaField[] = [];
  const open = new Set<ValueObject>();
  let steps = 0;
  const walk = (value: Value | undefined, path: string): void => {
    if (!isObject(value) || open.has(value) || open.size >= maxDepth || ++steps > maxFields * 4) return;
    open.add(value);
    walk(schema.refs.get(value)?.value, path);
    for (const [name, property] of Object.entries(mapOf(value.properties))) {
      if (fields.length >= maxFields) break;
      const here = joined(path, name);
      fields.push({ path: here, type: textOf(schema, property) });
      walk(property, here);
    }
    for (const item of [value.items ?? [], value.prefixItems ?? []].flat()) walk(item, `${path}[]`);
    walk(value.additionalProperties, `${path}[*]`);
    for (const branch of [...listOf(value.allOf), ...listOf(value.anyOf), ...listOf(value.oneOf)]) walk(branch, path);
    open.delete(value);
  };
  walk(schema.root, '');
  return fields;
}

function textOf(schema: JsonSchema, value: Value): string {
  if (!isObject(value)) return 'any';
  const target = schema.refs.get(value)?.value;
  const types = typesOf(isObject(target) ? target : value) ?? meantTypes(isObject(target) ? target : value);
  return types.length === 0 ? 'any' : types.join(' | ');
}
