import { avro } from './avro/index.ts';
import type { AvroSchema } from './avro/model.ts';
import { type Finding, type Sides, verdictOf } from './findings.ts';
import { json } from './json/index.ts';
import type { JsonSchema } from './json/model.ts';
import type { Language } from './language.ts';
import { withinLimits } from './limits.ts';
import { heldAgainst, sidesOf } from './modes.ts';
import { protobuf } from './protobuf/index.ts';
import type { ProtobufSchema } from './protobuf/model.ts';
import {
  type Compatibility,
  type CompatibilityMode,
  SchemaError,
  type SchemaField,
  type SchemaText,
  type SchemaType,
  type TextPlace,
} from './schema.ts';

export {
  type Compatibility,
  type CompatibilityMode,
  modes,
  type Reason,
  type SchemaField,
  type SchemaText,
  type SchemaType,
} from './schema.ts';

/** A parsed schema: give it to the functions below, do not look inside. */
export type Schema = AvroSchema | ProtobufSchema | JsonSchema;

export type Parsed =
  | { readonly ok: true; readonly schema: Schema }
  | { readonly ok: false; readonly message: string; readonly at?: TextPlace };

/**
 * Parses a schema, offline. Every schema that it refers to must be among `references`, those that these refer to as well, in any order.
 * Never throws and never runs long: texts over 1 MiB, over 1,000 references, cycles of references and nesting beyond 256 levels are refused.
 * `at` is a place in `text`; a problem in a reference names the reference instead.
 */
export function parseSchema(type: SchemaType, text: string, references: readonly SchemaText[] = []): Parsed {
  try {
    withinLimits(text, references);
    const other = references.find(each => each.type !== type);
    if (other !== undefined) throw new SchemaError(`reference \`${other.name}\` is ${other.type}, the schema ${type}`);
    return { ok: true, schema: languages[type].parse(text, references) };
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return { ok: false, message: error.message, ...(error.at === undefined ? {} : { at: error.at }) };
  }
}

const languages = { AVRO: avro, PROTOBUF: protobuf, JSON: json } satisfies Record<SchemaType, unknown>;

/** The language of a schema; sound because every schema carries its own type. */
const languageOf = (schema: Schema): Language<Schema> => languages[schema.type] as unknown as Language<Schema>;

/**
 * A text that is equal for two schemas that mean the same to a registry: white space, comments and the order of members where it says nothing do not count;
 * documentation, defaults and aliases do, because with them a registry makes a new version.
 */
export function canonical(schema: Schema): string {
  return languageOf(schema).canonical(schema);
}

/** The names that the schema's own text gives (not its references): Avro's full names, Protobuf's messages and enums, JSON Schema's `$id`s. */
export function namesDefined(schema: Schema): readonly string[] {
  return languageOf(schema).names(schema);
}

/** The name that a subject is called by when subjects are named after records; none for an Avro schema that is no named type. */
export function rootName(schema: Schema): string | undefined {
  return languageOf(schema).rootName(schema);
}

/** Every field with its path and type, in the order in which they stand; at most 10,000. */
export function fieldsOf(schema: Schema): readonly SchemaField[] {
  return languageOf(schema).fields(schema);
}

/**
 * Does `next` keep the promise of `mode` to the schemas before it (oldest first, as a subject counts its versions)? Avro by the specification's schema
 * resolution, Protobuf and JSON Schema by the rules that Confluent publishes. Reasons say whose reading breaks, and where.
 */
export function compatible(mode: CompatibilityMode, next: Schema, previous: readonly Schema[]): Compatibility {
  const held = heldAgainst(mode, previous);
  const findings = held.flatMap(({ schema, index }) => {
    const which = held.length > 1 ? ` (previous schema ${index + 1} of ${previous.length})` : '';
    return sidesOf(mode).flatMap(sides =>
      findingsOf(next, schema, sides).map(each => ({ ...each, say: (place: string) => `${each.say(place)}${which}` })),
    );
  });
  return verdictOf(findings);
}

function findingsOf(next: Schema, previous: Schema, sides: Sides): readonly Finding[] {
  if (next.type !== previous.type) return [languageChanged(next, previous)];
  const [reader, writer] = sides.reader === 'new' ? [next, previous] : [previous, next];
  return languageOf(reader).findings(reader, writer, sides);
}

const languageChanged = (next: Schema, previous: Schema): Finding => ({
  code: 'language-changed',
  path: '',
  certain: true,
  say: place => `${place} is ${next.type}, and its previous version ${previous.type}: no reader of one reads the other`,
});
