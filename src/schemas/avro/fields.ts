import { joined } from '../findings.ts';
import { maxDepth, maxFields } from '../limits.ts';
import type { SchemaField } from '../schema.ts';
import { type AvroSchema, type AvroType, typeText } from './model.ts';

/** Every field with its path; a record inside itself is not opened again. */
export function fieldsOfAvro(schema: AvroSchema): SchemaField[] {
  const fields: SchemaField[] = [];
  const open = new Set<AvroType>();
  const walk = (type: AvroType, path: string): void => {
    if (type.kind === 'array') walk(type.items, `${path}[]`);
    else if (type.kind === 'map') walk(type.values, `${path}[*]`);
    else if (type.kind === 'union') for (const branch of type.branches) walk(branch, path);
    else if (type.kind === 'record' && !open.has(type) && open.size < maxDepth) {
      open.add(type);
      for (const field of type.fields) {
        if (fields.length >= maxFields) break;
        const here = joined(path, field.name);
        fields.push({ path: here, type: typeText(field.type) });
        walk(field.type, here);
      }
      open.delete(type);
    }
  };
  walk(schema.root, '');
  return fields;
}
