import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Parsed, parseSchema, type Schema, type SchemaType } from '#schemas/index.ts';

export type Verdict = 'compatible' | 'incompatible' | 'uncertain';
const verdicts: Readonly<Record<string, Verdict>> = { C: 'compatible', I: 'incompatible', U: 'uncertain' };

/** An old and a new schema with the verdicts that the published rules give. */
export interface Pair {
  readonly type: SchemaType;
  readonly name: string;
  readonly old: string;
  readonly new: string;
  readonly backward: Verdict;
  readonly forward: Verdict;
  /** The path of the first reason of the first direction that is not compatible. */
  readonly at: string;
  /** What the registry says where it differs from the rules, and why. */
  readonly registry: { readonly backward?: Verdict; readonly forward?: Verdict; readonly because?: string };
}

interface Written {
  readonly name: string;
  readonly old?: unknown;
  readonly new?: unknown;
  readonly types?: readonly [unknown, unknown];
  readonly fields?: readonly [unknown, unknown];
  readonly backward: string;
  readonly forward: string;
  readonly at?: string;
  readonly registry?: { backward?: string; forward?: string; because?: string };
}

const record = (fields: unknown): unknown => ({ type: 'record', name: 'R', fields });
const proto = (body: unknown): string => `syntax = "proto3";\nmessage M {\n${body}\n}\n`;

function texts(type: SchemaType, pair: Written): [string, string] {
  const { types, fields } = pair;
  const sides: readonly [unknown, unknown] = types ?? fields ?? [pair.old, pair.new];
  return sides.map(side => {
    if (type === 'PROTOBUF') return fields === undefined ? String(side) : proto(side);
    if (type === 'JSON') {
      const whole = types === undefined ? side : { type: 'object', properties: { f: side }, additionalProperties: false };
      return JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...(whole as object) });
    }
    if (types !== undefined) return JSON.stringify(record([{ name: 'f', type: side }]));
    return JSON.stringify(fields === undefined ? side : record(side));
  }) as unknown as [string, string];
}

export function pairsOf(type: SchemaType): Pair[] {
  const file = join(import.meta.dirname, `${type.toLowerCase()}.yaml`);
  return (parse(readFileSync(file, 'utf8')) as Written[]).map(each => {
    const [older, newer] = texts(type, each);
    const told = each.registry ?? {};
    return {
      type,
      name: each.name,
      old: older,
      new: newer,
      backward: verdicts[each.backward] as Verdict,
      forward: verdicts[each.forward] as Verdict,
      at: each.at ?? '',
      registry: {
        ...(told.backward === undefined ? {} : { backward: verdicts[told.backward] as Verdict }),
        ...(told.forward === undefined ? {} : { forward: verdicts[told.forward] as Verdict }),
        ...(told.because === undefined ? {} : { because: told.because }),
      },
    };
  });
}

/** @throws Error with the problem when the text is no schema. */
export function schemaOf(type: SchemaType, text: string): Schema {
  const parsed: Parsed = parseSchema(type, text);
  if (!parsed.ok) throw new Error(`${parsed.message} at ${JSON.stringify(parsed.at)}: ${text}`);
  return parsed.schema;
}
