import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, type ItemResult, refused } from '#model/fault.ts';

/** Cuts a list so that no part weighs more than `limit`; a single heavier item stands alone. */
export function parts<Item>(items: readonly Item[], limit: number, weigh: (item: Item) => number = () => 1): Item[][] {
  const cut: Item[][] = [];
  let weight = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const own = weigh(item);
    if (weight + own > limit) {
      cut.push([]);
      weight = 0;
    }
    cut.at(-1)?.push(item);
    weight += own;
  }
  return cut;
}

const longestWaitMs = 60_000;
/** So many times in a row nothing of what is sent again may be accepted; a quota that lets one item through at a time takes as long as it takes. */
const patience = 20;

/**
 * Sends the parts one after the other, obeys the throttle time of each answer, and sends what was throttled again after the time the broker
 * gave (KIP-599). When a part's outcome is unknown, its items say so and the parts after it are not sent.
 */
export async function inTurn<Item, Value = void>(
  batches: readonly Item[][],
  send: (part: Item[]) => Promise<{ results: ItemResult<Value>[]; throttleTimeMs: number }>,
): Promise<ItemResult<Value>[]> {
  const results: ItemResult<Value>[] = [];
  for (const [index, part] of batches.entries()) {
    try {
      results.push(...(await untilNotThrottled(part, send)));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code !== 'kafka/outcome-unknown' && results.length === 0) throw error;
      results.push(...part.map(() => refused(error)));
      const unsent = new Fault('kafka/not-sent', 'Not sent: the batch before it failed.', { retry: 'now' });
      for (const rest of batches.slice(index + 1)) results.push(...rest.map(() => refused(unsent)));
      break;
    }
  }
  return results;
}

async function untilNotThrottled<Item, Value>(
  part: Item[],
  send: (part: Item[]) => Promise<{ results: ItemResult<Value>[]; throttleTimeMs: number }>,
): Promise<ItemResult<Value>[]> {
  const results: ItemResult<Value>[] = [];
  let open = part.map((_, index) => index);
  for (let fruitless = 0; open.length > 0; ) {
    const answer = await send(open.map(index => part[index] as Item));
    const again: number[] = [];
    answer.results.forEach((result, position) => {
      const index = open[position] as number;
      results[index] = result;
      if (!result.ok && result.fault.retry === 'later' && fruitless < patience) again.push(index);
    });
    fruitless = again.length < open.length ? 0 : fruitless + 1;
    if (answer.throttleTimeMs > 0) await sleep(Math.min(answer.throttleTimeMs, longestWaitMs));
    else if (again.length > 0) await sleep(1_000);
    open = again;
  }
  return results;
}
