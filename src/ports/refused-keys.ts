import { Fault } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';

/**
 * A store answers, and refuses some of the keys that it was asked for; the others were read (`found`), written or deleted all the same. One tenant's key
 * that no policy covers, or whose name is too long, costs nobody else.
 */
export class RefusedKeys extends Fault {
  readonly refused: ReadonlyMap<string, Fault>;
  readonly found: ReadonlyMap<string, Redacted>;
  /** `refused` has one at least, whose words are taken where nobody looks at each. */
  constructor(refused: ReadonlyMap<string, Fault>, found: ReadonlyMap<string, Redacted> = new Map()) {
    const { code, message, remedy } = [...refused.values()][0] as Fault;
    super(code, message, remedy === undefined ? {} : { remedy });
    this.refused = refused;
    this.found = found;
  }
}

/**
 * Does repeatable work for items that need one store, and again for the others where the store refuses the keys of some. What it could not be done for,
 * and why; a store that fails as a whole costs all of them.
 */
export async function despiteRefusals<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly string[],
  work: (items: readonly Item[]) => Promise<void>,
): Promise<Map<Item, Fault>> {
  if (items.length === 0) return new Map();
  try {
    await work(items);
    return new Map();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const refused = error instanceof RefusedKeys ? refusedOf(items, keysOf, error) : new Map<Item, Fault>();
    if (refused.size === 0) return new Map(items.map(item => [item, error]));
    const others = items.filter(item => !refused.has(item));
    return new Map([...refused, ...(await despiteRefusals(others, keysOf, work))]);
  }
}

const refusedOf = <Item>(items: readonly Item[], keysOf: (item: Item) => readonly string[], { refused }: RefusedKeys) =>
  new Map(
    items.flatMap(item => {
      const fault = keysOf(item)
        .map(key => refused.get(key))
        .find(each => each !== undefined);
      return fault === undefined ? [] : [[item, fault] as const];
    }),
  );

/** What a store has under some keys, and why it says nothing of others. */
export interface Reading {
  readonly values: ReadonlyMap<string, Redacted>;
  faultAt(key: string): Fault | undefined;
}

/** Reads without throwing a `Fault`: `read` is a call of `getAll`. */
export async function reading(read: () => Promise<ReadonlyMap<string, Redacted>>): Promise<Reading> {
  try {
    return { values: await read(), faultAt: () => undefined };
  } catch (error) {
    if (error instanceof RefusedKeys) return { values: error.found, faultAt: key => error.refused.get(key) };
    if (error instanceof Fault) return { values: new Map(), faultAt: () => error };
    throw error;
  }
}
