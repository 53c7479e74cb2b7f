import { describe, expect, test } from 'vitest';
import { Bug } from '#model/invariant.ts';
import { Redacted } from '#model/redacted.ts';
import type { Store } from '#ports/store.ts';
import { freshStores, type StoreDatabase } from './fresh-stores.ts';
import { aChange, anEntry, anIntent, aRun } from './store-samples.ts';

const applied = { state: 'applied' } as const;

/** What every store must do, whatever it is made of. */
export function storeContract(make: () => Promise<StoreDatabase>): void {
  const { store, another } = freshStores(make);

  describe('ledger and journal', () => {
    test('an applied change leaves its ledger entry and no open intent', async () => {
      await store().startRun(aRun());
      await store().begin([anIntent('i-1', aChange(anEntry()))]);
      expect(await store().openIntents({ environment: 'dev' })).toEqual([anIntent('i-1', aChange(anEntry()))]);
      await store().settle([{ intentId: 'i-1', outcome: applied, ledger: anEntry() }]);
      expect(await store().openIntents({})).toEqual([]);
      expect(await (await another()).ledger({ landscape: 'shop' })).toEqual([anEntry()]);
    });

    test('what a run of another landscape left open is not among the open work of this one', async () => {
      await store().startRun(aRun());
      await store().startRun(aRun({ id: 'run-2', landscape: 'bank' }));
      await store().begin([anIntent('i-1', aChange(anEntry())), anIntent('i-2', aChange(anEntry()), { runId: 'run-2' })]);
      const open = async (scope: object) => (await store().openIntents(scope)).map(each => each.id);
      expect(await open({ environment: 'dev' })).toEqual(['i-1', 'i-2']);
      expect(await open({ environment: 'dev', landscape: 'shop' })).toEqual(['i-1']);
      expect(await open({ environment: 'dev', landscape: 'bank' })).toEqual(['i-2']);
      expect(await open({ environment: 'prod', landscape: 'bank' })).toEqual([]);
    });

    test('a scope narrows the ledger, entries come in the order of their keys, and several may share one remote object', async () => {
      const entries = [
        anEntry({ environment: 'prod' }),
        anEntry({ name: 'b', tenant: null }),
        anEntry({ name: 'B' }),
        anEntry({ name: 'a' }),
        anEntry({ clusterId: 'c-2', landscape: 'bank' }),
      ];
      await store().startRun(aRun());
      await store().begin(entries.map((entry, index) => anIntent(`i-${index}`, aChange(entry))));
      await store().settle(entries.map((ledger, index) => ({ intentId: `i-${index}`, outcome: applied, ledger })));
      const names = async (scope: Parameters<Store['ledger']>[0]) =>
        (await store().ledger(scope)).map(entry => `${entry.landscape} ${entry.tenant} ${entry.name}`);
      expect(await names({ landscape: 'shop', environment: 'dev' })).toEqual([
        'shop null b',
        'shop payments B',
        'shop payments a',
      ]);
      expect(await names({ clusterId: 'c-2' })).toEqual(['bank payments payments.orders']);
      expect(await names({})).toHaveLength(5);
    });

    test('null removes the entry of the change, an absent ledger leaves it', async () => {
      await store().startRun(aRun());
      await store().begin(['i-1', 'i-2', 'i-3'].map(id => anIntent(id, aChange(anEntry()))));
      await store().settle([{ intentId: 'i-1', outcome: applied, ledger: anEntry() }]);
      await store().settle([{ intentId: 'i-2', outcome: { state: 'failed', code: 'kafka/unreachable', message: 'gone' } }]);
      expect(await store().ledger({})).toHaveLength(1);
      await store().settle([{ intentId: 'i-3', outcome: applied, ledger: null }]);
      expect(await store().ledger({})).toEqual([]);
    });

    test('a renamed document keeps the entry of its new object when the old one is forgotten', async () => {
      await store().startRun(aRun());
      const [old, renamed] = [anEntry({ remoteName: 'old' }), anEntry({ remoteName: 'new' })];
      await store().begin([anIntent('i-1', aChange(old)), anIntent('i-2', aChange(renamed)), anIntent('i-3', aChange(old))]);
      await store().settle([{ intentId: 'i-1', outcome: applied, ledger: old }]);
      await store().settle([
        { intentId: 'i-2', outcome: applied, ledger: renamed },
        { intentId: 'i-3', outcome: applied, ledger: null },
      ]);
      expect(await store().ledger({})).toEqual([renamed]);
    });

    test('a renamed document owns both objects until the old one is settled', async () => {
      await store().startRun(aRun());
      const [old, renamed] = [anEntry({ remoteName: 'old' }), anEntry({ remoteName: 'new' })];
      await store().begin([anIntent('i-1', aChange(old)), anIntent('i-2', aChange(renamed)), anIntent('i-3', aChange(old))]);
      await store().settle([{ intentId: 'i-1', outcome: applied, ledger: old }]);
      await store().settle([
        { intentId: 'i-2', outcome: applied, ledger: renamed },
        { intentId: 'i-3', outcome: { state: 'failed', code: 'kafka/unreachable', message: 'gone' } },
      ]);
      expect(await store().ledger({})).toEqual([renamed, old]);
    });

    test('two entries swap their names by a move each, in one call or in two', async () => {
      const first = anEntry({ name: 'a', remoteName: 'one' });
      const second = anEntry({ name: 'b', remoteName: 'two' });
      const move = (from: typeof first, to: string) =>
        aChange(
          { ...from, name: to },
          { action: 'move', movedFrom: { environment: 'dev', tenant: from.tenant, kind: from.kind, name: from.name } },
        );
      await store().startRun(aRun());
      const swap = async (left: typeof first, right: typeof first, label: string, calls: number) => {
        const moved = [left, right].map((from, index) => ({ from, to: { ...from, name: index === 0 ? right.name : left.name } }));
        await store().begin(moved.map(({ from, to }, index) => anIntent(`${label}-${index}`, move(from, to.name))));
        const settlements = moved.map(({ to }, index) => ({ intentId: `${label}-${index}`, outcome: applied, ledger: to }));
        for (const slice of calls === 1 ? [settlements] : settlements.map(each => [each])) await store().settle(slice);
        return moved.map(({ to }) => to);
      };
      await store().begin([anIntent('i-1', aChange(first)), anIntent('i-2', aChange(second))]);
      await store().settle([first, second].map((ledger, index) => ({ intentId: `i-${index + 1}`, outcome: applied, ledger })));
      await swap(first, second, 'once', 1);
      expect((await store().ledger({})).map(entry => `${entry.name}=${entry.remoteName}`)).toEqual(['a=two', 'b=one']);
      await swap({ ...second, name: 'a' }, { ...first, name: 'b' }, 'twice', 2);
      expect((await store().ledger({})).map(entry => `${entry.name}=${entry.remoteName}`)).toEqual(['a=one', 'b=two']);
    });

    test('a move to another tenant leaves nothing under the old key', async () => {
      await store().startRun(aRun());
      await store().begin([anIntent('i-1', aChange(anEntry()))]);
      await store().settle([{ intentId: 'i-1', outcome: applied, ledger: anEntry() }]);
      const moved = anEntry({ tenant: 'orders' });
      const movedFrom = { environment: 'dev', tenant: 'payments', kind: 'Topic', name: 'payments.orders' };
      await store().begin([anIntent('i-2', aChange(moved, { action: 'move', movedFrom }))]);
      await store().settle([{ intentId: 'i-2', outcome: applied, ledger: moved }]);
      expect(await store().ledger({})).toEqual([moved]);
    });

    test('an unknown outcome of which nothing will ever tell more ends its intent and stays unknown', async () => {
      await store().startRun(aRun());
      await store().begin([anIntent('i-1', aChange(anEntry(), { operation: 'restart' }))]);
      await store().settle([{ intentId: 'i-1', outcome: { state: 'unknown', message: 'interrupted' }, ends: true }]);
      expect([await store().openIntents({}), await store().ledger({})]).toEqual([[], []]);
      expect((await store().runs({ environment: 'dev' }))[0]?.summary).toEqual({ unknown: 1 });
    });

    test('started and unknown are no ends: the intent stays open until it is settled again', async () => {
      await store().startRun(aRun());
      await store().begin([anIntent('i-1', aChange(anEntry())), anIntent('i-2', aChange(anEntry({ name: 'x' })))]);
      await store().settle([
        { intentId: 'i-1', outcome: { state: 'started', message: 'reassignment' }, ledger: anEntry() },
        { intentId: 'i-2', outcome: { state: 'unknown', message: 'timed out' } },
      ]);
      expect((await store().openIntents({})).map(intent => intent.id)).toEqual(['i-1', 'i-2']);
      await store().settle(['i-1', 'i-2'].map(intentId => ({ intentId, outcome: applied })));
      expect(await store().openIntents({})).toEqual([]);
      expect((await store().runs({ environment: 'dev' }))[0]?.summary).toEqual({ applied: 2 });
    });

    test('a settlement of an intent that is not open changes nothing at all', async () => {
      await store().startRun(aRun());
      await store().begin([anIntent('i-1', aChange(anEntry()))]);
      const both = [
        { intentId: 'i-1', outcome: applied, ledger: anEntry() },
        { intentId: 'i-9', outcome: applied, ledger: anEntry({ name: 'x' }) },
      ];
      await expect(store().settle(both)).rejects.toMatchObject({
        name: 'Fault',
        code: 'store/not-open',
        remedy: expect.any(String),
      });
      expect(await store().ledger({})).toEqual([]);
      expect(await store().openIntents({})).toHaveLength(1);
    });

    test('a call whose answer was lost is repeated without harm; the same ids with another content are a bug or refused', async () => {
      const settlement = { intentId: 'i-1', outcome: applied, ledger: anEntry() };
      for (let turn = 0; turn < 2; turn++) await store().startRun(aRun());
      for (let turn = 0; turn < 2; turn++) await store().begin([anIntent('i-1', aChange(anEntry()))]);
      await expect(store().startRun(aRun({ actor: 'bob' }))).rejects.toBeInstanceOf(Bug);
      await expect(store().begin([anIntent('i-1', aChange(anEntry({ name: 'x' })))])).rejects.toBeInstanceOf(Bug);
      for (let turn = 0; turn < 2; turn++) await store().settle([settlement]);
      const otherwise = { ...settlement, outcome: { state: 'failed', code: 'x' } as const };
      await expect(store().settle([otherwise])).rejects.toMatchObject({ code: 'store/not-open' });
      expect(await store().ledger({})).toEqual([anEntry()]);
      expect(await store().runs({ environment: 'dev' })).toEqual([aRun({ summary: { applied: 1 } })]);
    });

    test('an intent of no run, or begun twice, is a bug and begins nothing', async () => {
      await expect(store().begin([anIntent('i-1', aChange(anEntry()))])).rejects.toBeInstanceOf(Bug);
      await store().startRun(aRun());
      await expect(
        store().begin([anIntent('i-1', aChange(anEntry())), anIntent('i-1', aChange(anEntry()))]),
      ).rejects.toBeInstanceOf(Bug);
      expect(await store().openIntents({})).toEqual([]);
    });

    test('a secret value is refused wherever it hides', async () => {
      const secret = new Redacted('hunter2');
      await store().startRun(aRun());
      const change = aChange(anEntry(), { evidence: { deep: [{ secret }] } });
      await expect(store().begin([anIntent('i-1', change)])).rejects.toBeInstanceOf(Bug);
      await expect(store().startRun(aRun({ id: 'run-2', plan: { secret } }))).rejects.toBeInstanceOf(Bug);
      await expect(store().appendAudit([{ at: 't', actor: 'a', event: 'e', data: secret }])).rejects.toBeInstanceOf(Bug);
      await store().appendAudit([{ at: 't', actor: 'a', event: 'e', data: 'it says <redacted>' }]);
      expect(await store().audit({})).toHaveLength(1);
    });

    test('five thousand changes settle in one call', async () => {
      const entries = Array.from({ length: 5000 }, (_, index) => anEntry({ name: `t-${String(index).padStart(5, '0')}` }));
      await store().startRun(aRun());
      await store().begin(entries.map(entry => anIntent(entry.name, aChange(entry))));
      await store().settle(entries.map(entry => ({ intentId: entry.name, outcome: applied, ledger: entry })));
      expect(await store().ledger({ environment: 'dev' })).toEqual(entries);
      await store().begin(entries.map(entry => anIntent(`del-${entry.name}`, aChange(entry))));
      await store().settle(entries.map(entry => ({ intentId: `del-${entry.name}`, outcome: applied, ledger: null })));
      expect(await store().ledger({})).toEqual([]);
    });
  });

  describe('runs, pins and audit', () => {
    test('runs come newest first, with summary and plan once finished', async () => {
      await store().startRun(aRun());
      await store().startRun(aRun({ id: 'run-2', startedAt: '2026-01-03T00:00:00.000Z' }));
      await store().startRun(aRun({ id: 'run-3', environment: 'prod' }));
      await store().finishRun('run-1', '2026-01-02T03:05:00.000Z', { applied: 3 }, { changes: ['x\u0000ü'] });
      const finished = aRun({ finishedAt: '2026-01-02T03:05:00.000Z', summary: { applied: 3 }, plan: { changes: ['x\u0000ü'] } });
      expect(await store().runs({ environment: 'dev' })).toEqual([
        aRun({ id: 'run-2', startedAt: '2026-01-03T00:00:00.000Z' }),
        finished,
      ]);
      expect(await store().runs({ environment: 'dev', limit: 1 })).toHaveLength(1);
      await store().startRun(aRun({ id: 'run-4', landscape: 'another', startedAt: '2026-01-04T00:00:00.000Z' }));
      const ours = { environment: 'dev', landscape: aRun().landscape, limit: 1 };
      expect((await store().runs(ours)).map(run => run.id)).toEqual(['run-2']);
      await expect(store().finishRun('run-9', 't', {}, null)).rejects.toBeInstanceOf(Bug);
    });

    test('a cluster id is pinned by the first contact', async () => {
      expect(await store().pinnedClusterId('main')).toBeUndefined();
      await store().pinClusterId('main', 'c-1');
      await (await another()).pinClusterId('main', 'c-1');
      await expect(store().pinClusterId('main', 'c-2')).rejects.toMatchObject({
        code: 'store/pinned',
        message: expect.stringMatching(/c-1.*c-2/),
      });
      expect(await store().pinnedClusterId('main')).toBe('c-1');
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
          (index % 2 === 0 ? store() : second).appendAudit([entry(`a-${index}`), entry(`b-${index}`)]),
        ),
      );
      const all = await store().audit({});
      expect(all.map(each => each.sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
      expect(all[0]?.data).toEqual({ z: 1, a: [null, 'ü'] });
      expect((await store().audit({ after: 38 })).map(each => each.sequence)).toEqual([39, 40]);
      expect((await store().audit({ after: 3, limit: 2 })).map(each => each.sequence)).toEqual([4, 5]);
    });
  });
}
