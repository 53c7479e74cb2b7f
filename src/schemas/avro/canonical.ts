import { sortedJson, type Value, type ValueObject } from '../json-text.ts';
import { type AvroField, type AvroSchema, type AvroType, isNamed } from './model.ts';

/**
 * One line per meaning: full names instead of namespaces, members in one order, defaults that say nothing left out. Documentation, aliases, defaults and
 * properties of one's own stay, because registries give a schema that differs in them a version of its own (the specification's parsing form drops them).
 */
export function canonicalAvro(schema: AvroSchema): string {
  const toDefine = new Set<AvroType>(schema.own);
  return sortedJson(print(schema.root, toDefine));
}

function print(type: AvroType, toDefine: Set<AvroType>): Value {
  if (isNamed(type)) {
    if (!toDefine.delete(type)) return type.name;
    const printed: ValueObject = { ...type.extra, type: type.kind, name: type.name };
    if (type.aliases.length > 0) printed.aliases = [...type.aliases];
    if (type.kind === 'fixed') printed.size = type.size;
    else if (type.kind === 'enum') {
      printed.symbols = [...type.symbols];
      if (type.default !== undefined) printed.default = type.default;
    } else {
      if (type.error) printed.type = 'error';
      printed.fields = type.fields.map(each => printField(each, toDefine));
    }
    return printed;
  }
  if (type.kind === 'union') return type.branches.map(each => print(each, toDefine));
  if (type.kind === 'array') return { ...type.extra, type: 'array', items: print(type.items, toDefine) };
  if (type.kind === 'map') return { ...type.extra, type: 'map', values: print(type.values, toDefine) };
  return Object.keys(type.extra).length === 0 ? type.kind : { ...type.extra, type: type.kind };
}

function printField(field: AvroField, toDefine: Set<AvroType>): ValueObject {
  const printed: ValueObject = { ...field.extra, name: field.name, type: print(field.type, toDefine) };
  if (field.aliases.length > 0) printed.aliases = [...field.aliases];
  if (field.default !== undefined) printed.default = field.default;
  if (field.order !== 'ascending') printed.order = field.order;
  return printed;
}
