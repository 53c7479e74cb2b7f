import type { ClusterPorts, Kind } from '#kinds/kind.ts';
import type { Change, Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Applied, AppliedChange, Plan } from '#model/plan.ts';
import type { Lease, Store } from '#ports/store.ts';
import { inBatches, interrupted, type Work } from './batches.ts';
import { finishStarted } from './finish.ts';
import { hasErrors, type ReconcileOptions } from './flow.ts';
import { takeLeases } from './leases.ts';
import { workOrder } from './order.ts';
import type { Outside } from './outside.ts';

const leaseMs = 60_000;
/**
 * Writes what is ready in the plan: kinds in the order of their references, deletions reversed and last, in batches whose intents are durable
 * before the call and whose outcomes are durable before the next. Never more than the plan says; nothing at all while the plan has a problem or an
 * impossible change, unless `partial`.
 */
export async function applyPlan(outside: Outside, plan: Plan, options: ReconcileOptions): Promise<Applied> {
  const store = await outside.store(options.frame.landscape.spec);
  const runId = outside.id();
  const actor = await outside.actor();
  const outcomes = new Map<Change, Outcome>();
  await using stack = new AsyncDisposableStack();
  const portsOf = (cluster: string) => clusterPorts(outside, plan, options, cluster);
  const holder = `${actor} (${runId})`;
  const leases = await takeLeases(outside, { plan, changes: toWrite(outside, plan, options.partial), portsOf }, name =>
    store.acquireLease(name, holder, leaseMs).then(lease => stack.use(lease)),
  );
  await refuseOvertaken(store, plan, options.plannedAt);
  for (const { name, clusterId } of Object.values(plan.clusters)) await store.pinClusterId(name, clusterId);
  await store.startRun({
    id: runId,
    landscape: plan.landscape,
    environment: plan.environment,
    revision: plan.revision,
    planDigest: plan.digest,
    actor,
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
    ports: portsOf,
    started: [],
    done: 0,
  };
  try {
    for (const [kind, changes] of steps(outside, plan, options.partial)) await inBatches(work, kind, changes);
    await finishStarted(work);
  } finally {
    for (const change of plan.changes) if (!outcomes.has(change)) outcomes.set(change, notDone(change, outside.signal));
    const summary = countStates(outcomes.values());
    const result = appliedPlan(plan, runId, outcomes);
    await store.finishRun(runId, outside.now().toISOString(), summary, result);
    await store.appendAudit([
      {
        at: outside.now().toISOString(),
        actor,
        event: options.operation ?? 'apply',
        data: { runId, environment: plan.environment, revision: plan.revision, planDigest: plan.digest, summary },
      },
    ]);
  }
  return appliedPlan(plan, runId, outcomes);
}

async function clusterPorts(outside: Outside, plan: Plan, { frame }: ReconcileOptions, cluster: string): Promise<ClusterPorts> {
  const name = plan.clusters[cluster]?.name as string;
  const found = frame.clusters.get(name);
  if (found === undefined) throw new Fault('plan/unknown-cluster', `The landscape has no KafkaCluster \`${name}\` any more.`);
  return outside.cluster(name, found.spec, frame.stores.get(plan.environment));
}

const toWrite = (outside: Outside, plan: Plan, partial: boolean): Change[] =>
  steps(outside, plan, partial).flatMap(([, changes]) => changes);

/** The lease keeps others out from now on; a run that ended between our plan and our lease is found here. */
async function refuseOvertaken(store: Store, plan: Plan, plannedAt: Date | undefined): Promise<void> {
  const [last] = await store.runs({ environment: plan.environment, landscape: plan.landscape, limit: 1 });
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
  return { state: 'skipped', message: signal.aborted ? interrupted.message : 'not reached' };
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
