import { SchemaError, type SchemaText } from './schema.ts';

/** No text may be longer (UTF-16 units; a registry's own limit is Kafka's 1 MiB for one record, in which it stores the schema). */
const maxTextLength = 1024 * 1024;
/** All texts of one schema together. */
const maxTotalLength = 4 * maxTextLength;
const maxReferences = 1_000;
/** How deep objects, lists, messages and combined schemas may be nested. */
export const maxDepth = 256;
/** Names are joined and looked up once per use, so that long ones would take long. */
export const maxNameLength = 1_000;
/** How many pairs of types one comparison looks at before it gives up as uncertain. */
export const maxSteps = 200_000;
/** How many reasons one comparison gives. */
export const maxReasons = 100;
/** How many fields `fieldsOf` lists. */
export const maxFields = 10_000;

/** Refuses what would take long, before any of it is looked at. */
export function withinLimits(text: string, references: readonly SchemaText[]): void {
  if (references.length > maxReferences)
    throw new SchemaError(`the schema has ${references.length} references; at most ${maxReferences} are read`);
  let total = 0;
  for (const [name, length] of [
    ['the schema', text.length] as const,
    ...references.map(each => [each.name, each.text.length] as const),
  ]) {
    if (length > maxTextLength) throw new SchemaError(`${name} is ${length} characters long; at most ${maxTextLength} are read`);
    total += length;
  }
  if (total > maxTotalLength)
    throw new SchemaError(`the schema and its references are ${total} characters long; at most ${maxTotalLength} are read`);
}

/**
 * References in an order in which each comes after those that it uses. `usesOf` gives the indexes that one uses.
 * @throws SchemaError naming a cycle: no registry can hold one, because each text must be registered after those it refers to.
 */
export function inOrder(references: readonly SchemaText[], usesOf: (index: number) => Iterable<number>): number[] {
  const order: number[] = [];
  const state = new Uint8Array(references.length);
  for (let root = 0; root < references.length; root++) {
    const stack: { index: number; uses: Iterator<number> }[] = [];
    const enter = (index: number): void => {
      state[index] = 1;
      stack.push({ index, uses: usesOf(index)[Symbol.iterator]() });
    };
    if (state[root] === 0) enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.uses.next();
      if (next.done === true) {
        state[top.index] = 2;
        order.push(top.index);
        stack.pop();
      } else if (state[next.value] === 1 && next.value !== top.index)
        throw cycle(references, [...stack.map(each => each.index), next.value]);
      else if (state[next.value] === 0) enter(next.value);
    }
  }
  return order;
}

function cycle(references: readonly SchemaText[], path: readonly number[]): SchemaError {
  const names = path.slice(path.indexOf(path.at(-1) as number)).map(index => references[index]?.name ?? '');
  const shown = names.length > 6 ? [...names.slice(0, 3), '…', ...names.slice(-2)] : names;
  return new SchemaError(`references form a cycle: ${shown.join(' → ')}`);
}
