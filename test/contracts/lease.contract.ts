import { describe, expect, test } from 'vitest';
import { Bug } from '#model/invariant.ts';
import type { Store } from '#ports/store.ts';
import { freshStores, type StoreDatabase } from './fresh-stores.ts';

/** One writer at a time, whatever the store is made of. */
export function leaseContract(make: () => Promise<StoreDatabase>): void {
  const { store, another } = freshStores(make);

  describe('lease', () => {
    test('a held lease is refused with its holder and its end, and free again once released', async () => {
      const second = await another();
      const lease = await store().acquireLease('cluster c-1', 'serve on host-a', 60_000);
      await lease.check();
      const refusal = {
        name: 'Fault',
        code: 'store/leased',
        retry: 'later',
        message: expect.stringMatching(/serve on host-a until \d{4}-\d\d-\d\dT/),
      };
      await expect(second.acquireLease('cluster c-1', 'apply on host-b', 60_000)).rejects.toMatchObject(refusal);
      await expect(store().acquireLease('cluster c-1', 'serve on host-a', 60_000)).rejects.toMatchObject(refusal);
      await (await second.acquireLease('cluster c-2', 'apply on host-b', 60_000))[Symbol.asyncDispose]();
      await lease[Symbol.asyncDispose]();
      await expect(lease.check()).rejects.toBeInstanceOf(Bug);
      await (await second.acquireLease('cluster c-1', 'apply on host-b', 60_000)).check();
    });

    test('a lease that ran out is taken over, and its old holder is told, even after the successor has left', async () => {
      let time = Date.parse('2026-01-01T00:00:00Z');
      const now = () => new Date(time);
      const paused = await another({ now });
      const successor = await another({ now });
      const lost = await paused.acquireLease('cluster c-1', 'paused', 1000);
      time += 900;
      await lost.check();
      time += 900;
      await expect(successor.acquireLease('cluster c-1', 'successor', 1000)).rejects.toMatchObject({ code: 'store/leased' });
      time += 100;
      const held = await successor.acquireLease('cluster c-1', 'successor', 1000);
      await expect(lost.check()).rejects.toMatchObject({
        name: 'Fault',
        code: 'store/lease-lost',
        message: expect.stringContaining('successor'),
      });
      await lost[Symbol.asyncDispose]();
      await held.check();
      await held[Symbol.asyncDispose]();
      await expect(lost.check()).rejects.toBeDefined();
    });

    test('a lease that ran out and that nobody took is renewed by its holder', async () => {
      let time = Date.parse('2026-01-01T00:00:00Z');
      const slow = await another({ now: () => new Date(time) });
      const lease = await slow.acquireLease('cluster c-1', 'slow', 1000);
      time += 5000;
      await lease.check();
      await expect(slow.acquireLease('cluster c-1', 'other', 1000)).rejects.toMatchObject({ code: 'store/leased' });
    });

    test('of twenty contenders one gets the lease', async () => {
      const stores = [store(), await another(), await another()];
      const tries = Array.from({ length: 20 }, (_, index) =>
        (stores[index % 3] as Store).acquireLease('cluster c-1', `h-${index}`, 60_000),
      );
      const results = await Promise.allSettled(tries);
      expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(1);
    });
  });
}
