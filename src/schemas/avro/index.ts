import type { Language } from '../language.ts';
import { canonicalAvro } from './canonical.ts';
import { fieldsOfAvro } from './fields.ts';
import { type AvroSchema, isNamed } from './model.ts';
import { parseAvro } from './parse.ts';
import { resolveAvro } from './resolve.ts';

export const avro: Language<AvroSchema> = {
  parse: parseAvro,
  canonical: canonicalAvro,
  names: schema => schema.own.map(each => each.name),
  rootName: schema => (isNamed(schema.root) ? schema.root.name : undefined),
  fields: fieldsOfAvro,
  findings: resolveAvro,
};
