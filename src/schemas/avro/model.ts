import type { Value, ValueObject } from '../json-text.ts';

export const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type PrimitiveKind = (typeof primitives)[number];

/** A logical type that the specification knows and that fits the type below it; any other is an attribute without a meaning. */
export interface Logical {
  readonly name: string;
  /** Of `decimal`. */
  readonly precision: number;
  readonly scale: number;
}

interface Attributed {
  readonly logical?: Logical;
  /** Documentation, logical types and properties of one's own: kept for the canonical form. */
  readonly extra: ValueObject;
}

export interface Primitive extends Attributed {
  readonly kind: PrimitiveKind;
}

export interface Named extends Attributed {
  /** Full name: with its namespace. */
  readonly name: string;
  /** Full names. */
  readonly aliases: readonly string[];
}

export interface AvroField {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Set once the record is read. */
  readonly type: AvroType;
  readonly default: Value | undefined;
  readonly order: string;
  readonly extra: ValueObject;
}

export interface AvroRecord extends Named {
  readonly kind: 'record';
  readonly error: boolean;
  readonly fields: AvroField[];
}

export interface AvroEnum extends Named {
  readonly kind: 'enum';
  readonly symbols: readonly string[];
  readonly default: string | undefined;
}

export interface AvroFixed extends Named {
  readonly kind: 'fixed';
  readonly size: number;
}

export interface AvroArray extends Attributed {
  readonly kind: 'array';
  readonly items: AvroType;
}

export interface AvroMap extends Attributed {
  readonly kind: 'map';
  readonly values: AvroType;
}

export interface AvroUnion extends Attributed {
  readonly kind: 'union';
  readonly branches: readonly AvroType[];
}

export type AvroNamed = AvroRecord | AvroEnum | AvroFixed;
export type AvroType = Primitive | AvroNamed | AvroArray | AvroMap | AvroUnion;

/** A parsed Avro schema. `own` are the named types that its own text defines, in the order in which they stand. */
export interface AvroSchema {
  readonly type: 'AVRO';
  readonly root: AvroType;
  readonly own: readonly AvroNamed[];
}

export const isNamed = (type: AvroType): type is AvroNamed =>
  type.kind === 'record' || type.kind === 'enum' || type.kind === 'fixed';

export const unqualified = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** A type in a few words: `long`, `record shop.Order`, `union<null, string>`. */
export function typeText(type: AvroType, depth = 0): string {
  if (depth > 4) return '…';
  if (isNamed(type)) return `${type.kind} ${type.name}`;
  if (type.kind === 'array') return `array<${typeText(type.items, depth + 1)}>`;
  if (type.kind === 'map') return `map<${typeText(type.values, depth + 1)}>`;
  if (type.kind !== 'union') return type.logical === undefined ? type.kind : `${type.kind} (${logicalText(type.logical)})`;
  const shown = type.branches.slice(0, 8).map(each => typeText(each, depth + 1));
  return `union<${[...shown, ...(type.branches.length > 8 ? ['…'] : [])].join(', ')}>`;
}

export const logicalText = (logical: Logical): string =>
  logical.name === 'decimal' ? `decimal(${logical.precision}, ${logical.scale})` : logical.name;
