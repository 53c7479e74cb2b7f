import { isObject, type JsonText, type Value, type ValueObject } from '../json-text.ts';
import { SchemaError } from '../schema.ts';
import { defaultProblem } from './default-value.ts';
import { logicalOf } from './logical.ts';
import type { AvroField, AvroNamed, AvroRecord, AvroType, Primitive, PrimitiveKind } from './model.ts';
import { isNamed } from './model.ts';
import { definedName, fullName, isFullName, isName, isNamedKind, isPrimitive, namespaceOf } from './names.ts';

/** What is known while a text is read. `named` gathers every named type by its full name, those of the references first. */
export interface Reading {
  readonly text: JsonText;
  readonly named: Map<string, AvroNamed>;
  readonly own: AvroNamed[];
  /** The object or list that is being read: where a name without a place of its own stands. */
  nearest: Value;
  /** Defaults are held against their types at the end, when every type is whole. */
  readonly defaults: { readonly field: AvroField; readonly record: string; readonly node: ValueObject }[];
}

/** Avro specification 1.12, "Schema Declaration". */
export function readType(reading: Reading, value: Value, namespace: string): AvroType {
  if (typeof value === 'string') return typeNamed(reading, value, namespace);
  if (Array.isArray(value)) return union(reading, value, namespace);
  if (!isObject(value)) throw wrong(reading, value, `a type is expected, there is ${JSON.stringify(String(value))}`);
  reading.nearest = value;
  const { type } = value;
  if (type === undefined) throw wrong(reading, value, 'a type has no `type`');
  if (isNamedKind(type)) return definition(reading, value, namespace);
  if (type === 'array' || type === 'map') return collection(reading, value, namespace);
  // The specification wants a name here, and the registries' parser (Avro's own, in Java) refuses a type around a type.
  if (typeof type !== 'string')
    throw wrong(reading, value, '`type` of a type is a name; the type that stands there goes in its place');
  if (!isPrimitive(type)) return typeNamed(reading, type, namespace);
  const extra = others(value, ['type']);
  return { kind: type as PrimitiveKind, extra, ...logicalOf(type as PrimitiveKind, extra) };
}

const wrong = (reading: Reading, node: unknown, message: string): SchemaError =>
  new SchemaError(message, reading.text.placeOf(node));

const nothing = Object.freeze(Object.create(null)) as ValueObject;
const plain = new Map<string, Primitive>();

function typeNamed(reading: Reading, name: string, namespace: string): AvroType {
  if (isPrimitive(name)) {
    const known = plain.get(name) ?? { kind: name as PrimitiveKind, extra: nothing };
    plain.set(name, known);
    return known;
  }
  const found = reading.named.get(fullName(name, namespace)) ?? reading.named.get(name);
  if (found === undefined)
    throw wrong(reading, reading.nearest, `the type \`${name}\` is not defined, neither here nor in a reference`);
  return found;
}

function others(value: ValueObject, known: readonly string[]): ValueObject {
  let extra: ValueObject | undefined;
  for (const key in value)
    if (!known.includes(key)) {
      extra ??= Object.create(null) as ValueObject;
      extra[key] = value[key] as Value;
    }
  return extra ?? nothing;
}

function collection(reading: Reading, value: ValueObject, namespace: string): AvroType {
  const member = value.type === 'array' ? 'items' : 'values';
  const inner = value[member];
  if (inner === undefined) throw wrong(reading, value, `${value.type === 'array' ? 'an array' : 'a map'} has no \`${member}\``);
  const type = readType(reading, inner, namespace);
  const extra = others(value, ['type', member]);
  return value.type === 'array' ? { kind: 'array', items: type, extra } : { kind: 'map', values: type, extra };
}

function union(reading: Reading, value: readonly Value[], namespace: string): AvroType {
  const branches = value.map(each => {
    reading.nearest = value as Value[];
    return readType(reading, each, namespace);
  });
  const seen = new Set<string>();
  for (const branch of branches) {
    if (branch.kind === 'union') throw wrong(reading, value, 'a union stands directly in a union');
    const key = isNamed(branch) ? branch.name : branch.kind;
    if (seen.has(key)) throw wrong(reading, value, `a union has the branch \`${key}\` twice`);
    seen.add(key);
  }
  return { kind: 'union', branches, extra: nothing };
}

function definition(reading: Reading, value: ValueObject, namespace: string): AvroType {
  const kind = value.type as string;
  if (typeof value.name !== 'string' || value.name === '') throw wrong(reading, value, `${kind} without a \`name\``);
  const name = definedName(value, namespace);
  if (!isFullName(name)) throw wrong(reading, value, `\`${name}\` is no Avro name: letters, digits and \`_\`, no digit first`);
  if (isPrimitive(name)) throw wrong(reading, value, `\`${name}\` is the name of a primitive type`);
  if (reading.named.has(name)) throw wrong(reading, value, `the type \`${name}\` is defined twice`);
  const aliases = namesOf(reading, value, 'aliases').map(each => fullName(each, namespaceOf(name)));
  const alias = aliases.find(each => !isFullName(each));
  if (alias !== undefined) throw wrong(reading, value, `the alias \`${alias}\` of \`${name}\` is no Avro name`);
  if (kind === 'enum') return known(reading, enumeration(reading, value, { name, aliases }));
  if (kind === 'fixed') return known(reading, fixed(reading, value, { name, aliases }));
  const extra = others(value, ['type', 'name', 'namespace', 'aliases', 'fields']);
  const record: AvroRecord = { kind: 'record', error: kind === 'error', name, aliases, fields: [], extra };
  known(reading, record);
  readFields(reading, record, value);
  return record;
}

function known<T extends AvroNamed>(reading: Reading, type: T): T {
  reading.named.set(type.name, type);
  reading.own.push(type);
  return type;
}

interface Heading {
  readonly name: string;
  readonly aliases: readonly string[];
}

function enumeration(reading: Reading, value: ValueObject, heading: Heading): AvroNamed {
  if (!Array.isArray(value.symbols)) throw wrong(reading, value, `enum \`${heading.name}\` has no \`symbols\``);
  const symbols = namesOf(reading, value, 'symbols');
  const bad = symbols.find(each => !isName(each));
  if (bad !== undefined) throw wrong(reading, value.symbols, `\`${bad}\` is no name for a symbol of enum \`${heading.name}\``);
  const seen = new Set<string>();
  for (const symbol of symbols) {
    if (seen.has(symbol)) throw wrong(reading, value.symbols, `enum \`${heading.name}\` has the symbol \`${symbol}\` twice`);
    seen.add(symbol);
  }
  const given = value.default;
  if (given !== undefined && (typeof given !== 'string' || !symbols.includes(given)))
    throw wrong(reading, value, `the default of enum \`${heading.name}\` is none of its symbols`);
  const extra = others(value, ['type', 'name', 'namespace', 'aliases', 'symbols', 'default']);
  return { kind: 'enum', ...heading, symbols, default: given, extra };
}

function fixed(reading: Reading, value: ValueObject, heading: Heading): AvroNamed {
  const { size } = value;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw wrong(reading, value, `fixed \`${heading.name}\` has no whole number as its \`size\``);
  const extra = others(value, ['type', 'name', 'namespace', 'aliases', 'size']);
  return { kind: 'fixed', ...heading, size, extra, ...logicalOf('fixed', extra, size) };
}

function namesOf(reading: Reading, value: ValueObject, member: string): string[] {
  const list = value[member];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list) || list.some(each => typeof each !== 'string'))
    throw wrong(reading, value, `\`${member}\` is not a list of strings`);
  return list as string[];
}

function readFields(reading: Reading, record: AvroRecord, value: ValueObject): void {
  if (!Array.isArray(value.fields)) throw wrong(reading, value, `record \`${record.name}\` has no \`fields\``);
  const namespace = namespaceOf(record.name);
  const seen = new Set<string>();
  for (const node of value.fields) {
    const name = isObject(node) ? node.name : undefined;
    if (!isObject(node) || typeof name !== 'string')
      throw wrong(reading, node, `a field of record \`${record.name}\` has no \`name\``);
    if (!isName(name)) throw wrong(reading, node, `\`${name}\` is no name for a field of record \`${record.name}\``);
    if (seen.has(name)) throw wrong(reading, node, `record \`${record.name}\` has the field \`${name}\` twice`);
    seen.add(name);
    if (node.type === undefined) throw wrong(reading, node, `field \`${name}\` of record \`${record.name}\` has no \`type\``);
    const order = node.order ?? 'ascending';
    if (order !== 'ascending' && order !== 'descending' && order !== 'ignore')
      throw wrong(reading, node, `field \`${name}\`: \`order\` is ascending, descending or ignore`);
    reading.nearest = node;
    const field: AvroField = {
      name,
      aliases: namesOf(reading, node, 'aliases'),
      type: readType(reading, node.type, namespace),
      default: node.default,
      order,
      extra: others(node, ['name', 'aliases', 'type', 'default', 'order']),
    };
    record.fields.push(field);
    if (node.default !== undefined) reading.defaults.push({ field, record: record.name, node });
  }
}

/** @throws SchemaError for the first default that is not a value of its field's type. */
export function checkDefaults(reading: Reading): void {
  for (const { field, record, node } of reading.defaults) {
    const problem = defaultProblem(field.type, field.default as Value);
    if (problem !== undefined)
      throw wrong(
        reading,
        node,
        `the default of field \`${field.name}\` of record \`${record}\` does not fit its type: ${problem}`,
      );
  }
}
