import type { ClusterPorts, Finished } from '#kinds/kind.ts';
import type { Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Intent } from '#ports/store.ts';
import type { Work } from './batches.ts';
import { ledgerAfter } from './journal.ts';
import type { Outside } from './outside.ts';

/** Together about 15 s: what takes longer is left to a later apply. */
const waitsMs = [100, 200, 400, 800, 1_500, ...Array.from({ length: 6 }, () => 2_000)];

/** Waits a little for what the outside was asked to do and does on its own. What ends meanwhile ends `applied`; the rest stays `started`, its intents open. */
export async function finishStarted(work: Work): Promise<void> {
  const { outside, store, plan } = work;
  let open = work.started;
  for (const waitMs of waitsMs) {
    if (open.length === 0 || outside.signal.aborted) return;
    outside.progress({
      step: 'waiting for what was started',
      done: work.started.length - open.length,
      total: work.started.length,
    });
    await outside.sleep(waitMs);
    const still: typeof open = [];
    for (const [cluster, own] of Map.groupBy(open, each => each.intent.change.cluster as string)) {
      await work.lease(cluster).check();
      const outcomes = await finished(await work.ports(cluster), outside, own);
      const ended = own.filter((_, index) => outcomes[index]?.state === 'applied');
      const at = outside.now().toISOString();
      await store.settle(
        ended.map(({ intent }) => ({
          intentId: intent.id,
          outcome: { state: 'applied' },
          ledger: ledgerAfter(plan, intent.change, { at }),
        })),
      );
      for (const { change } of ended) work.outcomes.set(change, { state: 'applied' });
      still.push(...own.filter(each => !ended.includes(each)));
    }
    open = still;
  }
}

/** Whether the outside is done with each of these, by the word of its kind; while that cannot be asked, nothing is done. One outcome per item, in order. */
export async function finished(
  ports: ClusterPorts,
  outside: Pick<Outside, 'kinds' | 'password' | 'now'>,
  items: readonly { readonly intent: Intent }[],
): Promise<Finished[]> {
  const outcomes = items.map<Finished>(() => ({ state: 'applied' }));
  const context = (environment: string) => ({
    environment,
    today: outside.now().toISOString().slice(0, 10),
    password: () => outside.password(),
  });
  const order = items.map(({ intent }, index) => ({ change: intent.change, index }));
  for (const [name, own] of Map.groupBy(order, each => each.change.kind)) {
    const ask = outside.kinds.get(name)?.remote?.finish;
    if (ask === undefined) continue;
    const answers = await ask(
      ports,
      own.map(each => each.change),
      context(items[0]?.intent.environment ?? ''),
    ).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      return own.map<Outcome>(() => ({ state: 'started', code: error.code, message: error.message }));
    });
    own.forEach(({ index }, position) => {
      outcomes[index] = answers[position] as Finished;
    });
  }
  return outcomes;
}
