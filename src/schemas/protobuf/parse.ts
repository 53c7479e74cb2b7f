import { inReference } from '../in-reference.ts';
import { inOrder } from '../limits.ts';
import { SchemaError, type SchemaText } from '../schema.ts';
import { isWellKnownImport, link, type Symbols } from './link.ts';
import type { ProtobufSchema, ProtoFile } from './model.ts';
import { readFile } from './read.ts';
import { Words } from './words.ts';

interface Read {
  readonly words: Words;
  readonly file: ProtoFile;
}

/**
 * A .proto file with the files that it imports, which references carry under their paths. Extensions, services and options are not looked into.
 * @throws SchemaError
 */
export function parseProtobuf(text: string, references: readonly SchemaText[]): ProtobufSchema {
  const paths = new Map(references.map((each, index) => [each.name, index]));
  const read = references.map(each => inReference(each.name, () => readText(each.text, paths)));
  const symbols: Symbols = new Map();
  const order = inOrder(references, index =>
    (read[index]?.file.imports ?? []).map(each => paths.get(each.path)).filter(each => each !== undefined),
  );
  for (const index of order) {
    const { file, words } = read[index] as Read;
    inReference(references[index]?.name ?? '', () => link(file, words, symbols));
  }
  const { file, words } = readText(text, paths);
  link(file, words, symbols);
  if (!file.declares) throw new SchemaError('the file declares nothing');
  return { type: 'PROTOBUF', file, canonical: words.canonical() };
}

function readText(text: string, paths: ReadonlyMap<string, number>): Read {
  const words = new Words(text);
  const file = readFile(words);
  const missing = file.imports.find(each => !paths.has(each.path) && !isWellKnownImport(each.path));
  if (missing !== undefined) throw words.error(`the import \`${missing.path}\` is not among the references`, missing.offset);
  return { words, file };
}
