import type { ValueObject } from '../json-text.ts';
import type { Logical } from './model.ts';

/** Avro specification 1.12, "Logical Types": which type each may stand on. */
const homes: Readonly<Record<string, readonly string[]>> = {
  decimal: ['bytes', 'fixed'],
  'big-decimal': ['bytes'],
  uuid: ['string', 'fixed'],
  date: ['int'],
  'time-millis': ['int'],
  'time-micros': ['long'],
  'timestamp-millis': ['long'],
  'timestamp-micros': ['long'],
  'timestamp-nanos': ['long'],
  'local-timestamp-millis': ['long'],
  'local-timestamp-micros': ['long'],
  'local-timestamp-nanos': ['long'],
  duration: ['fixed'],
};

const sizes: Readonly<Record<string, number>> = { uuid: 16, duration: 12 };

/** The logical type that the attributes name; none where the specification says to ignore it (unknown, in the wrong place, senseless precision). */
export function logicalOf(kind: string, attributes: ValueObject, size?: number): { logical?: Logical } {
  const name = attributes.logicalType;
  if (typeof name !== 'string' || !Object.hasOwn(homes, name) || homes[name]?.includes(kind) !== true) return {};
  if (kind === 'fixed' && sizes[name] !== undefined && sizes[name] !== size) return {};
  if (name !== 'decimal') return { logical: { name, precision: 0, scale: 0 } };
  const { precision, scale = 0 } = attributes;
  if (typeof precision !== 'number' || !Number.isSafeInteger(precision) || precision < 1) return {};
  if (typeof scale !== 'number' || !Number.isSafeInteger(scale) || scale < 0 || scale > precision) return {};
  const fits = size === undefined || precision <= Math.floor(Math.log10(2) * (8 * size - 1));
  return fits ? { logical: { name, precision, scale } } : {};
}
