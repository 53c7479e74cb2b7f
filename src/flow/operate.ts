import type { ClusterPorts, Kind, Live, Proposal } from '#kinds/kind.ts';
import type { Change, Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import { canonicalJson } from '#model/json.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Applied, Plan } from '#model/plan.ts';
import { isError, type Problem } from '#model/problem.ts';
import type { Resource } from '#model/resource.ts';
import { planDigest, summarise } from './changes.ts';
import type { Composed, ComposedCluster } from './compose.ts';
import { check } from './flow.ts';
import type { Frame } from './frame.ts';
import { takeLeases } from './leases.ts';
import type { Outside } from './outside.ts';
import { type LiveCluster, readingOf, readLive, wasRead } from './read-live.ts';

/** What a person asks of one live object. */
export interface Asked {
  readonly kind: string;
  /** `metadata.name` or `TENANT/NAME`. */
  readonly name: string;
  /** One of the kind's `operations`. */
  readonly operation: string;
  /** The logical cluster, where the name is on several. */
  readonly cluster?: string;
}

/** An operation as it would run now: a plan of one change. */
export interface Proposed {
  readonly plan: Plan;
  readonly frame: Frame;
  readonly ports: ClusterPorts;
  readonly kind: Kind;
}

/**
 * Plans one operation (a restart, a reset) on something that is declared and ours; writes nothing. Answers with problems where the landscape or the
 * cluster cannot be read. Throws a `Fault` (`operation/…`) where there is nothing of that name, it is not ours, or it may not be touched.
 */
export async function propose(
  outside: Outside,
  environment: string,
  asked: Asked,
): Promise<Proposed | { problems: readonly Problem[] }> {
  const { frame, environments, problems, loaded } = await check(outside, [environment]);
  const composed = environments[0];
  if (frame === undefined || composed === undefined) return { problems };
  const kind = outside.kinds.get(asked.kind) as Kind;
  const resource = find(composed, asked);
  const cluster = composed.clusters.find(each => each.logical === resource.cluster) as ComposedCluster;
  const holding = problems.filter(each => isError(each) && (each.scope === 'landscape' || each.scope === 'environment'));
  if (holding.length > 0) return { problems: holding };
  const read = await readOne(outside, frame, { resource, kind, cluster });
  if ('problems' in read) return read;
  const { live, entry } = read;
  const operation = kind.remote?.operations?.[asked.operation];
  if (operation === undefined) throw new Fault('operation/unknown', `A ${asked.kind} has no operation \`${asked.operation}\`.`);
  const change = changeOf(outside, { entry, asked, proposal: await operation.propose(read.cluster.ports, live) });
  const policyDigest = outside.digest('[]');
  const plan: Plan = {
    schemaVersion: 1,
    landscape: frame.landscape.name,
    environment,
    // It rests on what was applied, not on what Git says since.
    revision: entry.commit === '' ? loaded.revision : entry.commit,
    digest: planDigest(outside, [change.digest], policyDigest),
    policyDigest,
    summary: summarise([change], 0),
    changes: change.fields.length === 0 && change.state === 'ready' ? [] : [change],
    problems: [],
    clusters: { [cluster.logical]: readingOf(read.cluster) },
  };
  return { plan, frame, ports: read.cluster.ports, kind };
}

interface One {
  readonly resource: Resource;
  readonly kind: Kind;
  readonly cluster: ComposedCluster;
}

/** One object as it lives and as the ledger knows it. Throws a `Fault` where it is not ours or not there. */
async function readOne(
  outside: Outside,
  frame: Frame,
  { resource, kind, cluster }: One,
): Promise<{ cluster: LiveCluster; live: Live; entry: LedgerEntry } | { problems: readonly Problem[] }> {
  const { environment, remoteName } = resource;
  const landscape = frame.landscape.name;
  const store = await outside.store(frame.landscape.spec);
  const order = {
    environment,
    landscape: frame.landscape.name,
    cluster,
    desired: [resource],
    stores: frame.stores.get(resource.environment),
    kinds: [kind],
    depth: 'essential',
    foreign: false,
  } as const;
  const read = await readLive(outside, store, order);
  if ('code' in read) return { problems: [read] };
  if (!wasRead(read, kind)(resource)) return { problems: read.unread.map(each => each.problem) };
  const entry = read.ledger.find(
    each =>
      each.landscape === landscape &&
      each.environment === environment &&
      each.kind === kind.name &&
      each.remoteName === remoteName,
  );
  if (entry === undefined)
    throw new Fault('operation/not-ours', `${kind.name} \`${resource.name}\` was not applied from this landscape yet.`, {
      remedy: `\`kaas apply ${environment}\` makes it ours.`,
    });
  const live = read.live.get(kind.name)?.get(remoteName);
  if (live === undefined) throw new Fault('operation/not-there', `${kind.name} \`${remoteName}\` is not there.`);
  return { cluster: read, live, entry };
}

function find(composed: Composed, { kind, name, cluster }: Asked): Resource {
  const found = composed.resources.filter(
    each =>
      each.kind === kind &&
      (each.name === name || `${each.tenant ?? 'platform'}/${each.name}` === name) &&
      (cluster === undefined || each.cluster === cluster),
  );
  const [resource] = found;
  if (resource === undefined) {
    const where = cluster === undefined ? '' : ` on ${cluster}`;
    const behind = standingFor(composed, kind, name);
    throw new Fault(
      'operation/unknown',
      `${composed.environment} declares no ${kind} \`${name}\`${where}.`,
      behind === undefined ? {} : { remedy: behind },
    );
  }
  if (found.length > 1) {
    const which = found.map(each => `${each.tenant ?? 'platform'}/${each.name} on ${each.cluster}`);
    throw new Fault('operation/ambiguous', `${kind} \`${name}\` could be ${which.join(' or ')}.`, {
      remedy: 'Write TENANT/NAME, or name the cluster with --cluster.',
    });
  }
  if (!resource.managed)
    throw new Fault('operation/not-managed', `${kind} \`${name}\` is not managed: the landscape never writes to it.`);
  return resource;
}

/** A document of another kind by that name may stand for some of this kind. */
function standingFor(composed: Composed, kind: string, name: string): string | undefined {
  const of = (each: Resource) =>
    each.declaredBy.find(document => document.endsWith(`/${name}`) && !document.includes(`${kind}/`));
  const found = composed.resources.filter(each => each.kind === kind && of(each) !== undefined);
  if (found[0] === undefined) return undefined;
  return `\`${of(found[0])}\` stands for ${kind} ${found.map(each => `\`${each.name}\``).join(', ')}: name one of them.`;
}

interface Making {
  readonly entry: LedgerEntry;
  readonly asked: Asked;
  readonly proposal: Proposal;
}

function changeOf(outside: Outside, { entry, asked, proposal }: Making): Change {
  const { clusterId, tenant, kind, name, remoteName, environment } = entry;
  const impossible = proposal.impossible ?? [];
  const identity = { environment, clusterId, tenant, kind, name, remoteName, operation: asked.operation };
  return {
    action: 'update',
    operation: asked.operation,
    cluster: entry.cluster,
    clusterId,
    tenant,
    kind,
    name,
    remoteName,
    remoteId: entry.remoteId,
    digest: outside.digest(canonicalJson({ ...identity, fields: proposal.fields, risk: proposal.risk })),
    fields: proposal.fields.map(field => ({ ...field, risk: proposal.risk })),
    state: impossible.length > 0 ? 'impossible' : 'ready',
    probe: 'notProbed',
    risk: proposal.risk,
    reasons: [...(proposal.reasons ?? []), ...impossible],
    evidence: proposal.evidence ?? {},
    blockedBy: [],
    declaredBy: entry.declaredBy,
    owned: entry.fields,
    protected: entry.protected,
    preexisting: entry.preexisting,
    needs: [],
  };
}

const leaseMs = 60_000;

/** Runs what was proposed: leased, its intent durable before the call, its outcome after it, both in the audit log. The ledger stays as it is. */
export async function operate(outside: Outside, { plan, frame, ports, kind }: Proposed): Promise<Applied> {
  const [change] = plan.changes;
  if (change === undefined || change.state !== 'ready') throw new Fault('operation/nothing', 'There is nothing to run.');
  const store = await outside.store(frame.landscape.spec);
  const [runId, actor] = [outside.id(), await outside.actor()];
  await using stack = new AsyncDisposableStack();
  await takeLeases(outside, { plan, changes: [change], portsOf: async () => ports }, name =>
    store.acquireLease(name, `${actor} (${runId})`, leaseMs).then(lease => stack.use(lease)),
  );
  const { landscape, environment, revision } = plan;
  const at = () => outside.now().toISOString();
  const run = { id: runId, landscape, environment, revision, planDigest: plan.digest, actor, startedAt: at(), finishedAt: null };
  await store.startRun({ ...run, summary: {}, plan });
  const intent = { id: outside.id(), runId, environment, change, openedAt: at() };
  await store.begin([intent]);
  const outcome = await perform(ports, kind, change);
  await store.settle([{ intentId: intent.id, outcome, ends: true }]);
  const applied: Applied = { ...plan, runId, changes: [{ ...change, outcome }] };
  await store.finishRun(runId, at(), { [outcome.state]: 1 }, applied);
  const { operation, kind: kindName, name, tenant } = change;
  const data = { runId, environment, planDigest: plan.digest, operation, tenant, kind: kindName, name, outcome: outcome.state };
  await store.appendAudit([{ at: at(), actor, event: 'operation', data }]);
  return applied;
}

async function perform(ports: ClusterPorts, kind: Kind, change: Change): Promise<Outcome> {
  try {
    return (await kind.remote?.operations?.[change.operation as string]?.perform(ports, change.remoteName)) as Outcome;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { code, message } = error;
    return { state: code.endsWith('outcome-unknown') ? 'unknown' : 'failed', code, message };
  }
}
