import { inReference } from '../in-reference.ts';
import { type JsonText, readJson } from '../json-text.ts';
import { inOrder } from '../limits.ts';
import type { SchemaText } from '../schema.ts';
import type { AvroNamed, AvroSchema } from './model.ts';
import { namesIn } from './names.ts';
import { checkDefaults, type Reading, readType } from './read.ts';

/**
 * An Avro schema (specification 1.12) with the named types of its references. Own parsing, no code is generated: libraries compile a constructor per record.
 * @throws SchemaError
 */
export function parseAvro(text: string, references: readonly SchemaText[]): AvroSchema {
  const named = new Map<string, AvroNamed>();
  const texts = references.map(each => inReference(each.name, () => readJson(each.text)));
  for (const index of orderOf(references, texts))
    inReference(references[index]?.name ?? '', () => readOne(texts[index] as JsonText, named));
  return readOne(readJson(text), named);
}

function readOne(text: JsonText, named: Map<string, AvroNamed>): AvroSchema {
  const reading: Reading = { text, named, own: [], nearest: null, defaults: [] };
  const root = readType(reading, text.value, '');
  checkDefaults(reading);
  return { type: 'AVRO', root, own: reading.own };
}

function orderOf(references: readonly SchemaText[], texts: readonly JsonText[]): number[] {
  const names = texts.map(each => namesIn(each.value));
  const home = new Map(names.flatMap(({ defined }, index) => [...defined].map(name => [name, index] as const)));
  return inOrder(references, index =>
    [...(names[index]?.used ?? [])].map(name => home.get(name)).filter(each => each !== undefined),
  );
}
