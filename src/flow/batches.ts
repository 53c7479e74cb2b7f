import type { ClusterPorts, Kind } from '#kinds/kind.ts';
import type { Change, Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Plan } from '#model/plan.ts';
import { declarationName } from '#model/resource.ts';
import type { Intent, Lease, Store } from '#ports/store.ts';
import { ledgerAfter } from './journal.ts';
import type { Outside } from './outside.ts';

const batchSize = 2_000;
/** A few new topics are visible in a moment; thousands keep a cluster busy for longer, and no write of ours needs to wait for them. */
const visibleWithinMs = 1_000;
const awaited = 100;

/** One run of apply, under way. */
export interface Work {
  readonly outside: Outside;
  readonly store: Store;
  readonly plan: Plan;
  readonly runId: string;
  readonly outcomes: Map<Change, Outcome>;
  readonly lease: (cluster: string) => Lease;
  readonly ports: (cluster: string) => Promise<ClusterPorts>;
  /** What the outside goes on with by itself. */
  readonly started: { readonly change: Change; readonly intent: Intent }[];
  done: number;
}

interface Batch {
  readonly kind: Kind;
  readonly cluster: string;
  readonly begun: readonly Change[];
  readonly intents: readonly Intent[];
}

/** Writes changes of one kind, batch by batch on each cluster. The journal is written while the cluster is at work: the outcomes of the last batch and the intents of the next. */
export async function inBatches(work: Work, kind: Kind, changes: readonly Change[]): Promise<void> {
  const clusters = Map.groupBy(changes, change => change.cluster as string);
  await Promise.all(
    [...clusters].map(async ([cluster, own]) => {
      const created: string[] = [];
      const batchAt = async (start: number) =>
        start < own.length && !work.outside.signal.aborted
          ? await begin(work, kind, cluster, own.slice(start, start + batchSize))
          : undefined;
      let note = async (): Promise<void> => {};
      let batch = await batchAt(0);
      for (let start = batchSize; batch !== undefined; start += batchSize) {
        await work.lease(cluster).check();
        const sent = batch;
        const [outcomes, next] = await Promise.all([send(work, sent), batchAt(start), note()]);
        note = async () => void created.push(...(await settle(work, sent, outcomes)));
        batch = next;
      }
      await note();
      if (kind.remote?.visible !== undefined && created.length > 0 && created.length <= awaited)
        await untilVisible(work, kind, cluster, created);
    }),
  );
}

const ledgerOnly = (change: Change): boolean =>
  change.action === 'adopt' || change.action === 'forget' || change.action === 'move';

/** Makes the intents of a batch durable, without what needs something that was not applied. */
async function begin(work: Work, kind: Kind, cluster: string, batch: readonly Change[]): Promise<Batch> {
  const { outside, store, plan } = work;
  const failedNeeds = new Set(
    [...work.outcomes]
      .filter(([change, outcome]) => change.cluster === cluster && !/applied|started/.test(outcome.state))
      .map(([change]) => declarationName(change)),
  );
  const begun: Change[] = [];
  for (const change of batch) {
    const missing = change.action === 'delete' ? undefined : change.needs.find(name => failedNeeds.has(name));
    if (missing === undefined) begun.push(change);
    else work.outcomes.set(change, { state: 'skipped', message: `It needs ${missing}, which was not applied.` });
  }
  const openedAt = outside.now().toISOString();
  const intents = begun.map(change => ({ id: outside.id(), runId: work.runId, environment: plan.environment, change, openedAt }));
  await store.begin(intents);
  return { kind, cluster, begun, intents };
}

/** One outcome per change of the batch; nothing is sent for those that concern the ledger alone, nor once a person has interrupted. */
async function send(work: Work, { kind, cluster, begun }: Batch): Promise<Outcome[]> {
  if (work.outside.signal.aborted) return begun.map(() => interrupted);
  const writing = begun.filter(change => !ledgerOnly(change));
  const answers = (writing.length === 0 ? [] : await callOut(work, kind, cluster, writing)).values();
  return begun.map<Outcome>(change => (ledgerOnly(change) ? { state: 'applied' } : (answers.next().value as Outcome)));
}

export const interrupted: Outcome = { state: 'skipped', message: 'interrupted before it was begun' };

/** Makes the outcomes durable together with what the ledger says now; returns what was created. */
async function settle(work: Work, { kind, cluster, begun, intents }: Batch, outcomes: readonly Outcome[]): Promise<string[]> {
  const at = work.outside.now().toISOString();
  await work.store.settle(
    intents.map((intent, index) => {
      const outcome = outcomes[index] as Outcome;
      const ledger = /applied|started/.test(outcome.state)
        ? ledgerAfter(work.plan, intent.change, { at, remoteId: outcome.remoteId })
        : undefined;
      return { intentId: intent.id, outcome, ...(ledger === undefined ? {} : { ledger }) };
    }),
  );
  begun.forEach((change, index) => {
    work.outcomes.set(change, outcomes[index] as Outcome);
    if (outcomes[index]?.state === 'started') work.started.push({ change, intent: intents[index] as Intent });
  });
  work.done += begun.length;
  work.outside.progress({
    step: `applying ${kind.plural} on ${cluster}`,
    done: work.done,
    total: work.plan.changes.length,
  });
  return begun
    .filter((change, index) => change.action === 'create' && outcomes[index]?.state === 'applied')
    .map(change => change.remoteName);
}

async function callOut(work: Work, kind: Kind, cluster: string, changes: readonly Change[]): Promise<readonly Outcome[]> {
  try {
    const ports = await work.ports(cluster);
    const context = {
      signal: work.outside.signal,
      clusterId: work.plan.clusters[cluster]?.clusterId ?? '',
      environment: work.plan.environment,
      today: work.outside.now().toISOString().slice(0, 10),
      password: () => work.outside.password(),
      progress: () => {},
    };
    return await (kind.remote as NonNullable<Kind['remote']>).apply(ports, changes, context);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return changes.map(() => ({
      state: error.code.endsWith('outcome-unknown') ? 'unknown' : 'failed',
      code: error.code,
      message: error.message,
    }));
  }
}

/** What we say is there can be used at once, where the cluster is quick; the next plan waits for the rest by itself. */
async function untilVisible(work: Work, kind: Kind, cluster: string, names: readonly string[]): Promise<void> {
  const ports = await work.ports(cluster);
  const deadline = work.outside.now().getTime() + visibleWithinMs;
  for (
    let waitMs = 50;
    work.outside.now().getTime() < deadline && !work.outside.signal.aborted;
    waitMs = Math.min(waitMs * 2, 1_000)
  ) {
    if (await kind.remote?.visible?.(ports, names, work.outside.signal)) return;
    await work.outside.sleep(waitMs);
  }
}
