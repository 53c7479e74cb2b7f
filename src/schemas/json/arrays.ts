import { below, consequence, type Finding } from '../findings.ts';
import type { Value, ValueObject } from '../json-text.ts';
import type { Walk } from './compare.ts';
import { listOf } from './model.ts';
import { counted, limitFindings } from './scalars.ts';

interface Items {
  readonly first: readonly Value[];
  /** What every further item is held to. */
  readonly rest: Value;
}

/** `prefixItems` and `items` since 2020-12, a list of `items` and `additionalItems` before. */
function itemsOf(schema: ValueObject): Items {
  if (Array.isArray(schema.items)) return { first: schema.items, rest: schema.additionalItems ?? true };
  return { first: listOf(schema.prefixItems), rest: schema.items ?? true };
}

export function arrayFindings(walk: Walk, reader: ValueObject, writer: ValueObject): Finding[] {
  const { sides, tell } = walk;
  const [to, from] = [itemsOf(reader), itemsOf(writer)];
  const findings = [
    ...limitFindings(walk, counted(reader, writer, 'maxItems'), 1),
    ...limitFindings(walk, counted(reader, writer, 'minItems'), -1),
    ...below('[]', walk.accepts(to.rest, from.rest)),
  ];
  for (let index = 0; index < Math.max(to.first.length, from.first.length); index++)
    findings.push(...below(`[${index}]`, walk.accepts(to.first[index] ?? to.rest, from.first[index] ?? from.rest)));
  if (reader.uniqueItems === true && writer.uniqueItems !== true)
    findings.push(
      tell('limit-narrowed', `must not repeat items in the ${sides.reader} schema alone: ${consequence(sides)} that do`),
    );
  return findings;
}
