import { joined } from '../findings.ts';
import { maxDepth, maxFields } from '../limits.ts';
import type { SchemaField } from '../schema.ts';
import { fieldText, type ProtobufSchema, type ProtoEnum, type ProtoMessage } from './model.ts';

/** Every field below the first message, which records are of by default; a message inside itself is not opened again. */
export function fieldsOfProtobuf(schema: ProtobufSchema): SchemaField[] {
  const fields: SchemaField[] = [];
  const open = new Set<ProtoMessage>();
  const walk = (message: ProtoMessage, path: string): void => {
    if (open.has(message) || open.size >= maxDepth) return;
    open.add(message);
    for (const field of message.fields) {
      if (fields.length >= maxFields) break;
      const here = joined(path, field.name);
      fields.push({ path: here, type: fieldText(field) });
      const many = field.key !== undefined ? '[*]' : field.label === 'repeated' ? '[]' : '';
      if (field.target?.kind === 'message') walk(field.target, `${here}${many}`);
    }
    open.delete(message);
  };
  const first = schema.file.messages[0];
  if (first !== undefined) walk(first, '');
  return fields;
}

/** The full names of all messages and enums, nested ones too. */
export function namesInProtobuf(schema: ProtobufSchema): string[] {
  const names: string[] = [];
  const walk = (scope: { readonly messages: readonly ProtoMessage[]; readonly enums: readonly ProtoEnum[] }): void => {
    for (const message of scope.messages) {
      names.push(message.fullName);
      walk(message);
    }
    for (const each of scope.enums) names.push(each.fullName);
  };
  walk(schema.file);
  return names;
}
