import { Fault } from '#model/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import {
  type Compatibility,
  compatibilities,
  type SchemaReference,
  type SchemaText,
  type SchemaType,
  type SubjectMode,
  type SubjectVersion,
} from '#ports/schema-registry.ts';

/** By Confluent's error codes, else by the status. */
export const refusals: Readonly<Record<number, string>> = {
  403: 'authorization-failed',
  404: 'not-found',
  409: 'incompatible',
  422: 'invalid',
  429: 'throttled',
  42205: 'read-only',
  42206: 'referenced',
};

/** What Apicurio's words leave out. It guesses the language of a text, and what it cannot read has none. */
export function hintOn(message: string, type: SchemaType | undefined): string {
  if (/subjects referencing/.test(message)) return ' (one that is deleted softly counts too, because it can be brought back)';
  if (!/discover artifact type|is not from type/.test(message)) return '';
  return type === 'JSON'
    ? ' (this registry guesses the language: a JSON Schema needs its `$schema`, one of those that json-schema.org publishes)'
    : ` (this registry guesses the language, and cannot read this as ${type ?? 'any'})`;
}

/** 40401 no subject, 40402 no version, 40403 no such schema, 40404 deleted, 40408 and 40409 nothing set. */
export function saysAbsent(body: Json | undefined): boolean {
  const code = objectIn(body).error_code;
  return typeof code === 'number' && Math.floor(code / 100) === 404;
}

/** The object that an answer is; an empty one where it is none. */
export const objectIn = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

/** A schema as the Confluent API takes it. */
export const schemaBody = ({ type, text, references }: SchemaText): JsonObject => ({
  schema: text,
  schemaType: type,
  ...(references.length === 0 ? {} : { references: references.map(each => ({ ...each })) }),
});

/** One version as it is answered. Throws `registry/half-an-answer` where something of it is missing. */
export function subjectVersion(value: Json): SubjectVersion {
  const { subject, version, id, schemaType, schema, references } = objectIn(value);
  if (typeof subject !== 'string' || typeof schema !== 'string' || typeof version !== 'number')
    throw new Fault('registry/half-an-answer', 'The schema registry named a schema without subject, version or text.');
  return {
    subject,
    version,
    id: Number(id),
    type: (schemaType ?? 'AVRO') as SchemaType,
    text: schema,
    references: (Array.isArray(references) ? references : []).map(reference),
  };
}

function reference(value: Json): SchemaReference {
  const { name, subject, version } = objectIn(value);
  if (typeof name === 'string' && typeof subject === 'string' && typeof version === 'number') return { name, subject, version };
  throw new Fault('registry/half-an-answer', 'The schema registry named a reference without name, subject or version.');
}

/** Confluent answers `compatibilityLevel`, and takes `compatibility`. */
export function compatibilityIn(config: JsonObject | undefined): Compatibility | null {
  const level = config?.compatibilityLevel ?? config?.compatibility;
  return compatibilities.find(each => each === level) ?? null;
}

/** Null where none is named that we know. */
export function modeIn(body: JsonObject | undefined): SubjectMode | null {
  const modes: readonly SubjectMode[] = ['READWRITE', 'READONLY', 'IMPORT'];
  return modes.find(each => each === body?.mode) ?? null;
}
