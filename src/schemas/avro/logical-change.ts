import type { Finding, Sides } from '../findings.ts';
import { type AvroType, type Logical, logicalText } from './model.ts';

/**
 * What two types with the same bytes make of them. The specification says of decimals alone that they match only with equal precision and scale; another
 * scale shifts every value's point, which registries do not notice. Of other logical types it says nothing, so a changed one is told and left open.
 */
export function logicalFindings(reader: AvroType, writer: AvroType, sides: Sides): Finding[] {
  const [to, from] = [reader.logical, writer.logical];
  if (to === undefined || from === undefined) return [];
  const change = `is ${logicalText(from)} in the ${sides.writer} schema and ${logicalText(to)} in the ${sides.reader} one`;
  const finding = (code: string, certain: boolean, effect: string): Finding[] => [
    { code, path: '', certain, say: place => `${place} ${change}: ${effect}` },
  ];
  const readers = `readers with the ${sides.reader} schema`;
  if (to.name !== from.name)
    return isUnitOrMeaning(to, from)
      ? finding('logical-type-changed', false, `${readers} take ${sides.writer} values for something else`)
      : [];
  if (to.name !== 'decimal') return [];
  if (to.scale !== from.scale)
    return finding('decimal-changed', true, `${readers} put the point of ${sides.writer} values in the wrong place`);
  if (to.precision < from.precision)
    return finding('decimal-changed', true, `${readers} have no room for all ${sides.writer} values`);
  return to.precision === from.precision
    ? []
    : finding('decimal-changed', false, 'every value fits, but the specification asks for equal precision');
}

/** A text that is a uuid is a text still; numbers of another unit are not. */
const isUnitOrMeaning = (to: Logical, from: Logical): boolean => to.name !== 'uuid' && from.name !== 'uuid';
