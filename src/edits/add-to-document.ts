import { type Document, isMap, isScalar, parseAllDocuments, type YAMLMap } from 'yaml';
import { isJsonObject, type JsonObject } from '#model/json.ts';

/** One document of a file, by kind and `metadata.name`, and what its `spec` gets. */
export interface DocumentAddition {
  readonly kind: string;
  readonly name: string;
  readonly spec: JsonObject;
}

/**
 * The file with this laid over the document's `spec`, mapping into mapping. Comments stay, other documents keep every character; undefined where the
 * file holds no such document, or where a mapping is wanted and something else (an alias, a text) stands.
 */
export function addToDocument(text: string, { kind, name, spec }: DocumentAddition): string | undefined {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return undefined;
  const index = documents.findIndex(each => each.get('kind') === kind && each.getIn(['metadata', 'name']) === name);
  const document = documents[index];
  if (document === undefined || !isMap(document.contents)) return undefined;
  if (!lay(document, document.contents as YAMLMap, { spec })) return undefined;
  const from = startOf(documents, index);
  const edited = document.toString({ lineWidth: 0 });
  return `${text.slice(0, from)}${edited.trimEnd()}\n${text.slice(endOf(document)).trimStart()}`;
}

/** Comments and the `---` before a document belong to it. */
const startOf = (documents: readonly Document.Parsed[], index: number): number =>
  index === 0 ? 0 : endOf(documents[index - 1] as Document.Parsed);
const endOf = (document: Document.Parsed): number => document.range[2];

function lay(document: Document, map: YAMLMap, values: JsonObject): boolean {
  for (const [key, value] of Object.entries(values)) {
    const pair = map.items.find(({ key: each }) => String(isScalar(each) ? each.value : each) === key);
    const empty = pair !== undefined && isScalar(pair.value) && pair.value.value === null;
    if (pair === undefined) map.add(document.createPair(key, value));
    else if (!isJsonObject(value) || empty) pair.value = document.createNode(value);
    else if (!isMap(pair.value) || !lay(document, pair.value, value)) return false;
  }
  return true;
}
