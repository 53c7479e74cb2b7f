import { isJsonObject, type Json } from './json.ts';

/** A place in a file of the landscape; `file` is relative to the landscape's root, line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Keys and indexes from a document's root to one of its values. */
export type Path = readonly (string | number)[];

/**
 * Where every value of one document stands. `marks` holds four numbers per node in pre-order (a node before its children,
 * members and items in the order in which they stand): line and column of the key (of the value itself for the root and for list items),
 * then line and column of the value. Kept flat because a landscape has hundreds of thousands of nodes.
 */
export interface Located {
  readonly file: string;
  readonly value: Json;
  readonly marks: Int32Array;
}

const countNodes = (value: Json): number => {
  let count = 1;
  if (Array.isArray(value)) for (const item of value) count += countNodes(item);
  else if (isJsonObject(value)) for (const key of Object.keys(value)) count += countNodes(value[key] as Json);
  return count;
};

const entriesOf = (value: Json): [string | number, Json][] =>
  Array.isArray(value) ? value.map((item, index) => [index, item]) : isJsonObject(value) ? Object.entries(value) : [];

/** The place of the value at `path` (or of its key), or of its nearest ancestor that exists. */
export function positionOf(document: Located, path: Path, part: 'key' | 'value' = 'key'): Position {
  let node = 0;
  let value = document.value;
  for (const step of path) {
    let next = node + 1;
    let found: Json | undefined;
    for (const [key, member] of entriesOf(value)) {
      if (key === step) {
        found = member;
        break;
      }
      next += countNodes(member);
    }
    if (found === undefined) break;
    value = found;
    node = next;
  }
  const offset = node * 4 + (part === 'key' ? 0 : 2);
  return { file: document.file, line: document.marks[offset] ?? 1, column: document.marks[offset + 1] ?? 1 };
}
