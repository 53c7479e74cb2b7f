/** The three languages that a schema registry keeps schemas in, spelled as its REST interface spells them. */
export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON';

/** A schema that another one refers to. `name` is what the reference is called there: a full name (Avro), an import's path (Protobuf) or a URI (JSON Schema). */
export interface SchemaText {
  readonly name: string;
  readonly type: SchemaType;
  readonly text: string;
}

/** A place in a schema's text; both count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export const modes = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;
/** What a registry holds a new schema to (Confluent's names, which every registry with that REST interface uses). */
export type CompatibilityMode = (typeof modes)[number];

/** One way in which records cannot be read. `path` is the field (`lines[].amount`), empty for the schema as a whole. */
export interface Reason {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** `uncertain`: nothing says that the change breaks readers, and something that we cannot judge differs. Its reasons say what. */
export interface Compatibility {
  readonly verdict: 'compatible' | 'incompatible' | 'uncertain';
  readonly reasons: readonly Reason[];
}

/** A field of a schema: its path, and its type in the words of its language (`string`, `union<null, long>`, `repeated shop.Line`). */
export interface SchemaField {
  readonly path: string;
  readonly type: string;
}

/** What is wrong with a schema's text. Thrown while parsing and returned by `parseSchema`; never leaves this folder. */
export class SchemaError extends Error {
  readonly at: TextPlace | undefined;
  constructor(message: string, at?: TextPlace) {
    super(message);
    this.at = at;
  }
}

/** The place of the character at `offset`. */
export function placeAt(text: string, offset: number): TextPlace {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < start; at = text.indexOf('\n', at + 1)) line++;
  return { line, column: offset - start + 1 };
}
