import { type Document, isMap, isScalar, isSeq, type Node, type Pair, parseAllDocuments, type YAMLMap } from 'yaml';
import { broken, unsupported } from './faults.ts';

/** Most levels and values of a sealed file: more is no file of secrets. */
const deepest = 64;
export const mostValues = 1_000;
const mostBrackets = 1_000;
const mostParts = 20_000;
const tooDeep = () => broken(`it is nested deeper than ${deepest} levels`);

/** A YAML or JSON mapping with the places of its parts; JSON is read as YAML, which keeps the order of keys that look like numbers. */
export function readMarked(text: string): YAMLMap {
  const document = parse(text);
  if (document.errors.length > 0)
    throw broken(`it is no valid YAML or JSON (line ${document.errors[0]?.linePos?.[0].line ?? 1})`);
  if (!isMap(document.contents)) throw broken('it is no mapping');
  checkKeys(document.contents, 0);
  return document.contents;
}

/** Asked here and not by the parser, which compares every key with every other. */
function checkKeys(node: unknown, depth: number): void {
  if (depth > deepest) throw tooDeep();
  if (isSeq(node)) for (const item of node.items) checkKeys(item, depth + 1);
  if (!isMap(node)) return;
  if (new Set(node.items.map(keyOf)).size < node.items.length) throw broken('a key stands there twice');
  for (const pair of node.items) checkKeys(pair.value, depth + 1);
}

function parse(text: string) {
  if ((text.match(/[\n,]/g)?.length ?? 0) > mostParts) throw broken(`it has more than ${mostParts} lines or parts`);
  if (brackets(text) > mostBrackets || /^[ \t]*(?:[-?][ \t]+){64}/m.test(text)) throw tooDeep();
  let documents: Document.Parsed[];
  try {
    documents = [...parseAllDocuments(text, { intAsBigInt: true, uniqueKeys: false, logLevel: 'silent' })];
  } catch {
    // The parser is recursive: what is nested a hundred thousand times ends its stack.
    throw tooDeep();
  }
  const [document, ...more] = documents.filter(each => each.errors.length > 0 || !isEmpty(each.contents));
  if (document === undefined) throw broken('it is empty');
  if (more.length === 0) return document;
  throw unsupported('The file holds several documents.', 'Put each into a file of its own, so that none is passed over.');
}

const isEmpty = (contents: unknown): boolean => contents === null || (isScalar(contents) && contents.value === null);

/** Brackets that stay open at one place. The parser takes time by their square, so they are counted first, those inside of texts too. */
function brackets(text: string): number {
  let [open, most] = [0, 0];
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1);
    most = Math.max(most, open);
  }
  return most;
}

/** The member of a mapping, of any shape; undefined where there is none. */
export function member(map: unknown, ...names: string[]): Node | undefined {
  let found: unknown = map;
  for (const name of names) found = isMap(found) ? found.get(name, true) : undefined;
  return found as Node | undefined;
}

export function textAt(map: unknown, ...names: string[]): string | undefined {
  const found = member(map, ...names);
  return isScalar(found) && typeof found.value === 'string' ? found.value : undefined;
}

/** The key of a pair as a text. */
export const keyOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : '');

/** The text with what stands at these nodes replaced; everything else keeps its bytes. */
export function replaced(text: string, changes: readonly { readonly at: Node; readonly by: string }[]): string {
  let result = text;
  for (const { at, by } of changes.toSorted((a, b) => (b.at.range?.[0] ?? 0) - (a.at.range?.[0] ?? 0))) {
    const [start = 0, end = 0] = at.range ?? [];
    const old = result.slice(start, end);
    const quote = /^["']/.exec(old)?.[0] ?? '';
    result = result.slice(0, start) + quote + by + quote + (old.endsWith('\n') ? '\n' : '') + result.slice(end);
  }
  return result;
}
