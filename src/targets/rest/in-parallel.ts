import { Fault, type ItemResult, refused } from '#model/fault.ts';

const mostAtOnce = 16;

/** Works through many items, at most sixteen at a time; results stand in the order of the items. The first error stops the rest. */
export async function inParallel<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(mostAtOnce, items.length) }, async () => {
      while (next < items.length) {
        const index = next++;
        results[index] = await work(items[index] as Item);
      }
    }),
  );
  return results;
}

/** The same, where one item's fault is its own result. */
export const eachResult = <Item, Value>(
  items: readonly Item[],
  work: (item: Item) => Promise<Value>,
): Promise<ItemResult<Value>[]> =>
  inParallel(items, async item => {
    try {
      return { ok: true as const, value: await work(item) };
    } catch (error) {
      if (error instanceof Fault) return refused(error);
      throw error;
    }
  });
