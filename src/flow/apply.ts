import type { ClusterPorts, Kind } from '#kinds/kind.ts';
import type { Change, Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Applied, AppliedChange, Plan } from '#model/plan.ts';
import { declarationName } from '#model/resource.ts';
import type { Lease, Store } from '#ports/store.ts';
import { hasErrors, type ReconcileOptions } from './flow.ts';
import { ledgerAfter } from './journal.ts';
import { workOrder } from './order.ts';
import type { Outside } from './outside.ts';

const batchSize = 2_000;
const leaseMs = 60_000;
const visibleWithinMs = 30_000;

interface Work {
  readonly outside: Outside;
  readonly store: Store;
  readonly plan: Plan;
  readonly runId: string;
  readonly outcomes: Map<Change, Outcome>;
  readonly lease: (cluster: string) => Lease;
  readonly ports: (cluster: string) => Promise<ClusterPorts>;
  done: number;
}

/**
 * Writes what is ready in the plan: kinds in the order of their references, deletions reversed and last, in batches whose intents are durable
 * before the call and whose outcomes are durable before the next. Never more than the plan says; nothing at all while the plan has a problem or an
 * impossible change, unless `partial`.
 */
export async function applyPlan(outside: Outside, plan: Plan, options: ReconcileOptions): Promise<Applied> {
  const store = await outside.store(options.frame.landscape.spec);
  const runId = outside.id();
  const leases = new Map<string, Lease>();
  const outcomes = new Map<Change, Outcome>();
  await using stack = new AsyncDisposableStack();
  for (const [logical, { clusterId }] of Object.entries(plan.clusters))
    leases.set(logical, stack.use(await store.acquireLease(`kafka/${clusterId}`, `${outside.actor} (${runId})`, leaseMs)));
  await refuseOvertaken(store, plan, options.plannedAt);
  for (const { name, clusterId } of Object.values(plan.clusters)) await store.pinClusterId(name, clusterId);
  await store.startRun({
    id: runId,
    landscape: plan.landscape,
    environment: plan.environment,
    revision: plan.revision,
    planDigest: plan.digest,
    actor: outside.actor,
    startedAt: outside.now().toISOString(),
    finishedAt: null,
    summary: {},
    plan,
  });
  const work: Work = {
    outside,
    store,
    plan,
    runId,
    outcomes,
    lease: cluster => leases.get(cluster) as Lease,
    ports: cluster => {
      const name = plan.clusters[cluster]?.name as string;
      const found = options.frame.clusters.get(name);
      if (found === undefined) throw new Fault('plan/unknown-cluster', `The landscape has no KafkaCluster \`${name}\` any more.`);
      return outside.cluster(name, found.spec);
    },
    done: 0,
  };
  try {
    for (const [kind, changes] of steps(outside, plan, options.partial)) await inBatches(work, kind, changes);
  } finally {
    for (const change of plan.changes) if (!outcomes.has(change)) outcomes.set(change, notDone(change, outside.signal));
    const summary = countStates(outcomes.values());
    const result = appliedPlan(plan, runId, outcomes);
    await store.finishRun(runId, outside.now().toISOString(), summary, result);
    await store.appendAudit([
      {
        at: outside.now().toISOString(),
        actor: outside.actor,
        event: 'apply',
        data: { runId, environment: plan.environment, revision: plan.revision, planDigest: plan.digest, summary },
      },
    ]);
  }
  return appliedPlan(plan, runId, outcomes);
}

/** The lease keeps others out from now on; a run that ended between our plan and our lease is found here. */
async function refuseOvertaken(store: Store, plan: Plan, plannedAt: Date | undefined): Promise<void> {
  const [last] = await store.runs({ environment: plan.environment, limit: 1 });
  if (plannedAt !== undefined && last?.finishedAt != null && last.finishedAt >= plannedAt.toISOString())
    throw new Fault(
      'flow/overtaken',
      `${last.actor} applied \`${plan.environment}\` while this plan was made; nothing was written.`,
      { remedy: 'Plan again.' },
    );
}

const appliedPlan = (plan: Plan, runId: string, outcomes: ReadonlyMap<Change, Outcome>): Applied => ({
  ...plan,
  runId,
  changes: plan.changes.map<AppliedChange>(change => ({ ...change, outcome: outcomes.get(change) as Outcome })),
});

function notDone(change: Change, signal: AbortSignal): Outcome {
  if (change.state !== 'ready')
    return { state: 'skipped', message: change.blockedBy[0]?.message ?? change.reasons.at(-1)?.message ?? change.state };
  return { state: 'skipped', message: signal.aborted ? 'interrupted before it was begun' : 'not reached' };
}

function countStates(outcomes: Iterable<Outcome>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of outcomes) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Creates and updates along the references, then deletions against them; what touches the ledger alone goes with its kind. */
function steps(outside: Outside, plan: Plan, partial: boolean): [Kind, Change[]][] {
  if (!partial && hasErrors(plan)) return [];
  const order = workOrder(outside.kinds);
  const ready = plan.changes.filter(change => change.state === 'ready');
  const pick = (kind: Kind, deleting: boolean): [Kind, Change[]] => [
    kind,
    ready.filter(change => change.kind === kind.name && (change.action === 'delete') === deleting),
  ];
  return [...order.map(kind => pick(kind, false)), ...order.toReversed().map(kind => pick(kind, true))].filter(
    ([, changes]) => changes.length > 0,
  );
}

async function inBatches(work: Work, kind: Kind, changes: readonly Change[]): Promise<void> {
  const clusters = Map.groupBy(changes, change => change.cluster as string);
  await Promise.all(
    [...clusters].map(async ([cluster, own]) => {
      const created: string[] = [];
      for (let start = 0; start < own.length && !work.outside.signal.aborted; start += batchSize)
        created.push(...(await oneBatch(work, kind, cluster, own.slice(start, start + batchSize))));
      if (created.length > 0 && kind.remote?.visible !== undefined) await untilVisible(work, kind, cluster, created);
    }),
  );
}

const ledgerOnly = (change: Change): boolean =>
  change.action === 'adopt' || change.action === 'forget' || change.action === 'move';

async function oneBatch(work: Work, kind: Kind, cluster: string, batch: readonly Change[]): Promise<string[]> {
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
  const writing = begun.filter(change => !ledgerOnly(change));
  await work.lease(cluster).check();
  const openedAt = outside.now().toISOString();
  const intents = begun.map(change => ({ id: outside.id(), runId: work.runId, environment: plan.environment, change, openedAt }));
  await store.begin(intents);
  const written = writing.length === 0 ? [] : await callOut(work, kind, cluster, writing);
  const outcomes = begun.map<Outcome>(change =>
    ledgerOnly(change) ? { state: 'applied' } : (written[writing.indexOf(change)] as Outcome),
  );
  const at = outside.now().toISOString();
  await store.settle(
    intents.map((intent, index) => {
      const outcome = outcomes[index] as Outcome;
      const ledger = /applied|started/.test(outcome.state) ? ledgerAfter(plan, intent.change, at) : undefined;
      return { intentId: intent.id, outcome, ...(ledger === undefined ? {} : { ledger }) };
    }),
  );
  begun.forEach((change, index) => {
    work.outcomes.set(change, outcomes[index] as Outcome);
  });
  work.done += batch.length;
  outside.progress({ step: `applying ${kind.plural} on ${cluster}`, done: work.done, total: plan.changes.length });
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

/** A next step starts when what it needs is visible (metadata spreads slowly on a busy cluster). */
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
