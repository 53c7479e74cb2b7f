import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bug } from '#model/invariant.ts';
import { Redacted } from '#model/redacted.ts';
import type { Store } from '#ports/store.ts';
import { aChange, anEntry, anIntent, aRun } from './store-samples.ts';

/** A fresh database; `open` gives one more store on it. */
export interface StoreDatabase extends AsyncDisposable {
  open(options?: { now?: () => Date }): Promise<Store>;
}

const applied = { state: 'applied' } as const;

/** What every store must do, whatever it is made of. */
export function storeContract(make: () => Promise<StoreDatabase>): void {
  let database: StoreDatabase;
  let store: Store;
  const others: Store[] = [];
  const another = async (options?: { now?: () => Date }) => {
    const opened = await database.open(options);
    others.push(opened);
    return opened;
  };
  beforeEach(async () => {
    database = await make();
    store = await database.open();
  });
  afterEach(async () => {
    for (const each of [store, ...others.splice(0)]) await each[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  describe('ledger and journal', () => {
    test('an applied change leaves its ledger entry and no open intent', async () => {
      await store.startRun(aRun());
      await store.begin([anIntent('i-1', aChange(anEntry()))]);
      expect(await store.openIntents({ environment: 'dev' })).toEqual([anIntent('i-1', aChange(anEntry()))]);
      await store.settle([{ intentId: 'i-1', outcome: applied, ledger: anEntry() }]);
      expect(await store.openIntents({})).toEqual([]);
      expect(await (await another()).ledger({ landscape: 'shop' })).toEqual([anEntry()]);
    });

    test('a scope narrows the ledger, entries come in the order of their keys, and several may share one remote object', async () => {
      const entries = [
        anEntry({ environment: 'prod' }),
        anEntry({ name: 'b', tenant: null }),
        anEntry({ name: 'B' }),
        anEntry({ name: 'a' }),
        anEntry({ clusterId: 'c-2', landscape: 'bank' }),
      ];
      await store.startRun(aRun());
      await store.begin(entries.map((entry, index) => anIntent(`i-${index}`, aChange(entry))));
      await store.settle(entries.map((ledger, index) => ({ intentId: `i-${index}`, outcome: applied, ledger })));
      const names = async (scope: Parameters<Store['ledger']>[0]) =>
        (await store.ledger(scope)).map(entry => `${entry.landscape} ${entry.tenant} ${entry.name}`);
      expect(await names({ landscape: 'shop', environment: 'dev' })).toEqual([
        'shop null b',
        'shop payments B',
        'shop payments a',
      ]);
      expect(await names({ clusterId: 'c-2' })).toEqual(['bank payments payments.orders']);
      expect(await names({})).toHaveLength(5);
    });

    test('null removes the entry of the change, an absent ledger leaves it', async () => {
      await store.startRun(aRun());
      await store.begin(['i-1', 'i-2', 'i-3'].map(id => anIntent(id, aChange(anEntry()))));
      await store.settle([{ intentId: 'i-1', outcome: applied, ledger: anEntry() }]);
      await store.settle([{ intentId: 'i-2', outcome: { state: 'failed', code: 'kafka/unreachable', message: 'gone' } }]);
      expect(await store.ledger({})).toHaveLength(1);
      await store.settle([{ intentId: 'i-3', outcome: applied, ledger: null }]);
      expect(await store.ledger({})).toEqual([]);
    });

    test('a renamed document keeps the entry of its new object when the old one is forgotten', async () => {
      await store.startRun(aRun());
      const [old, renamed] = [anEntry({ remoteName: 'old' }), anEntry({ remoteName: 'new' })];
      await store.begin([anIntent('i-1', aChange(old)), anIntent('i-2', aChange(renamed)), anIntent('i-3', aChange(old))]);
      await store.settle([{ intentId: 'i-1', outcome: applied, ledger: old }]);
      await store.settle([
        { intentId: 'i-2', outcome: applied, ledger: renamed },
        { intentId: 'i-3', outcome: applied, ledger: null },
      ]);
      expect(await store.ledger({})).toEqual([renamed]);
    });

    test('two entries swap their names by a move each, in one call or in two', async () => {
      const first = anEntry({ name: 'a', remoteName: 'one' });
      const second = anEntry({ name: 'b', remoteName: 'two' });
      const move = (from: typeof first, to: string) =>
        aChange(
          { ...from, name: to },
          { action: 'move', movedFrom: { environment: 'dev', tenant: from.tenant, kind: from.kind, name: from.name } },
        );
      await store.startRun(aRun());
      const swap = async (left: typeof first, right: typeof first, label: string, calls: number) => {
        const moved = [left, right].map((from, index) => ({ from, to: { ...from, name: index === 0 ? right.name : left.name } }));
        await store.begin(moved.map(({ from, to }, index) => anIntent(`${label}-${index}`, move(from, to.name))));
        const settlements = moved.map(({ to }, index) => ({ intentId: `${label}-${index}`, outcome: applied, ledger: to }));
        for (const slice of calls === 1 ? [settlements] : settlements.map(each => [each])) await store.settle(slice);
        return moved.map(({ to }) => to);
      };
      await store.begin([anIntent('i-1', aChange(first)), anIntent('i-2', aChange(second))]);
      await store.settle([first, second].map((ledger, index) => ({ intentId: `i-${index + 1}`, outcome: applied, ledger })));
      await swap(first, second, 'once', 1);
      expect((await store.ledger({})).map(entry => `${entry.name}=${entry.remoteName}`)).toEqual(['a=two', 'b=one']);
      await swap({ ...second, name: 'a' }, { ...first, name: 'b' }, 'twice', 2);
      expect((await store.ledger({})).map(entry => `${entry.name}=${entry.remoteName}`)).toEqual(['a=one', 'b=two']);
    });

    test('a move to another tenant leaves nothing under the old key', async () => {
      await store.startRun(aRun());
      await store.begin([anIntent('i-1', aChange(anEntry()))]);
      await store.settle([{ intentId: 'i-1', outcome: applied, ledger: anEntry() }]);
      const moved = anEntry({ tenant: 'orders' });
      const movedFrom = { environment: 'dev', tenant: 'payments', kind: 'Topic', name: 'payments.orders' };
      await store.begin([anIntent('i-2', aChange(moved, { action: 'move', movedFrom }))]);
      await store.settle([{ intentId: 'i-2', outcome: applied, ledger: moved }]);
      expect(await store.ledger({})).toEqual([moved]);
    });

    test('started and unknown are no ends: the intent stays open until it is settled again', async () => {
      await store.startRun(aRun());
      await store.begin([anIntent('i-1', aChange(anEntry())), anIntent('i-2', aChange(anEntry({ name: 'x' })))]);
      await store.settle([
        { intentId: 'i-1', outcome: { state: 'started', message: 'reassignment' }, ledger: anEntry() },
        { intentId: 'i-2', outcome: { state: 'unknown', message: 'timed out' } },
      ]);
      expect((await store.openIntents({})).map(intent => intent.id)).toEqual(['i-1', 'i-2']);
      await store.settle(['i-1', 'i-2'].map(intentId => ({ intentId, outcome: applied })));
      expect(await store.openIntents({})).toEqual([]);
      expect((await store.runs({ environment: 'dev' }))[0]?.summary).toEqual({ applied: 2 });
    });

    test('a settlement of an intent that is not open changes nothing at all', async () => {
      await store.startRun(aRun());
      await store.begin([anIntent('i-1', aChange(anEntry()))]);
      const both = [
        { intentId: 'i-1', outcome: applied, ledger: anEntry() },
        { intentId: 'i-9', outcome: applied, ledger: anEntry({ name: 'x' }) },
      ];
      await expect(store.settle(both)).rejects.toMatchObject({
        name: 'Fault',
        code: 'store/not-open',
        remedy: expect.any(String),
      });
      expect(await store.ledger({})).toEqual([]);
      expect(await store.openIntents({})).toHaveLength(1);
    });

    test('an intent of no run, or begun twice, is a bug and begins nothing', async () => {
      await expect(store.begin([anIntent('i-1', aChange(anEntry()))])).rejects.toBeInstanceOf(Bug);
      await store.startRun(aRun());
      await expect(
        store.begin([anIntent('i-1', aChange(anEntry())), anIntent('i-1', aChange(anEntry()))]),
      ).rejects.toBeInstanceOf(Bug);
      expect(await store.openIntents({})).toEqual([]);
    });

    test('a secret value is refused wherever it hides', async () => {
      const secret = new Redacted('hunter2');
      await store.startRun(aRun());
      const change = aChange(anEntry(), { evidence: { deep: [{ secret }] } });
      await expect(store.begin([anIntent('i-1', change)])).rejects.toBeInstanceOf(Bug);
      await expect(store.startRun(aRun({ id: 'run-2', plan: { secret } }))).rejects.toBeInstanceOf(Bug);
      await expect(store.appendAudit([{ at: 't', actor: 'a', event: 'e', data: secret }])).rejects.toBeInstanceOf(Bug);
      await store.appendAudit([{ at: 't', actor: 'a', event: 'e', data: 'it says <redacted>' }]);
      expect(await store.audit({})).toHaveLength(1);
    });

    test('five thousand changes settle in one call', async () => {
      const entries = Array.from({ length: 5000 }, (_, index) => anEntry({ name: `t-${String(index).padStart(5, '0')}` }));
      await store.startRun(aRun());
      await store.begin(entries.map(entry => anIntent(entry.name, aChange(entry))));
      await store.settle(entries.map(entry => ({ intentId: entry.name, outcome: applied, ledger: entry })));
      expect(await store.ledger({ environment: 'dev' })).toEqual(entries);
      await store.begin(entries.map(entry => anIntent(`del-${entry.name}`, aChange(entry))));
      await store.settle(entries.map(entry => ({ intentId: `del-${entry.name}`, outcome: applied, ledger: null })));
      expect(await store.ledger({})).toEqual([]);
    });
  });

  describe('runs, pins and audit', () => {
    test('runs come newest first, with summary and plan once finished', async () => {
      await store.startRun(aRun());
      await store.startRun(aRun({ id: 'run-2', startedAt: '2026-01-03T00:00:00.000Z' }));
      await store.startRun(aRun({ id: 'run-3', environment: 'prod' }));
      await store.finishRun('run-1', '2026-01-02T03:05:00.000Z', { applied: 3 }, { changes: ['x\u0000ü'] });
      const finished = aRun({ finishedAt: '2026-01-02T03:05:00.000Z', summary: { applied: 3 }, plan: { changes: ['x\u0000ü'] } });
      expect(await store.runs({ environment: 'dev' })).toEqual([
        aRun({ id: 'run-2', startedAt: '2026-01-03T00:00:00.000Z' }),
        finished,
      ]);
      expect(await store.runs({ environment: 'dev', limit: 1 })).toHaveLength(1);
      await expect(store.finishRun('run-9', 't', {}, null)).rejects.toBeInstanceOf(Bug);
    });

    test('a cluster id is pinned by the first contact', async () => {
      expect(await store.pinnedClusterId('main')).toBeUndefined();
      await store.pinClusterId('main', 'c-1');
      await (await another()).pinClusterId('main', 'c-1');
      await expect(store.pinClusterId('main', 'c-2')).rejects.toMatchObject({
        code: 'store/pinned',
        message: expect.stringMatching(/c-1.*c-2/),
      });
      expect(await store.pinnedClusterId('main')).toBe('c-1');
    });

    test('audit entries of several writers are numbered without gaps, and read in pages', async () => {
      const second = await another();
      const entry = (actor: string) => ({
        at: '2026-01-02T03:04:05.000Z',
        actor,
        event: 'applied',
        data: { z: 1, a: [null, 'ü'] },
      });
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? store : second).appendAudit([entry(`a-${index}`), entry(`b-${index}`)]),
        ),
      );
      const all = await store.audit({});
      expect(all.map(each => each.sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
      expect(all[0]?.data).toEqual({ z: 1, a: [null, 'ü'] });
      expect((await store.audit({ after: 38 })).map(each => each.sequence)).toEqual([39, 40]);
      expect((await store.audit({ after: 3, limit: 2 })).map(each => each.sequence)).toEqual([4, 5]);
    });
  });

  describe('lease', () => {
    test('a held lease is refused with its holder and its end, and free again once released', async () => {
      const second = await another();
      const lease = await store.acquireLease('cluster c-1', 'serve on host-a', 60_000);
      await lease.check();
      const refusal = {
        name: 'Fault',
        code: 'store/leased',
        retry: 'later',
        message: expect.stringMatching(/serve on host-a until \d{4}-\d\d-\d\dT/),
      };
      await expect(second.acquireLease('cluster c-1', 'apply on host-b', 60_000)).rejects.toMatchObject(refusal);
      await expect(store.acquireLease('cluster c-1', 'serve on host-a', 60_000)).rejects.toMatchObject(refusal);
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
      const stores = [store, await another(), await another()];
      const tries = Array.from({ length: 20 }, (_, index) =>
        (stores[index % 3] as Store).acquireLease('cluster c-1', `h-${index}`, 60_000),
      );
      const results = await Promise.allSettled(tries);
      expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(1);
    });
  });
}
