import type { Change, State } from '#model/change.ts';
import { canonicalJson } from '#model/json.ts';
import type { Plan, PlanSummary } from '#model/plan.ts';
import type { Problem } from '#model/problem.ts';
import { declarationName, declaredAt, type Resource } from '#model/resource.ts';
import type { Store } from '#ports/store.ts';
import type { Composed, ComposedCluster, Waiting } from './compose.ts';
import { type Draft, differences, type Judgement } from './difference.ts';
import type { PreviewOptions } from './flow.ts';
import type { Frame } from './frame.ts';
import { guard } from './guards.ts';
import { judge } from './judge.ts';
import { workOrder } from './order.ts';
import type { Outside } from './outside.ts';
import { planning } from './problems.ts';
import { type LiveCluster, readLive } from './read-live.ts';
import { selected } from './selection.ts';

/** No policies are evaluated yet: the digest of the empty set keeps its place in every plan's digest. */
const noPolicies = '[]';

/** Reads every cluster of the environment and says all that applying would do. Deterministic: the same inputs give the same plan and digest. */
export async function makePlan(
  outside: Outside,
  frame: Frame,
  composed: Composed,
  problems: readonly Problem[],
  revision: string,
  options: PreviewOptions,
): Promise<Plan> {
  const store = await outside.store(frame.landscape.spec);
  const clusters = composed.clusters.filter(cluster => options.selection?.clusters?.includes(cluster.logical) ?? true);
  const found: Problem[] = problems.filter(problem => withinSelection(problem, options));
  const read = await Promise.all(clusters.map(cluster => readCluster(outside, store, frame, composed, cluster, options)));
  const live = read.filter(each => !('code' in each)) as LiveCluster[];
  found.push(...(read.filter(each => 'code' in each) as Problem[]));
  const parts = await Promise.all(live.map(cluster => draftCluster(outside, frame, composed, cluster, options)));
  const drafts = parts.flatMap(part => part.drafts);
  const policyDigest = outside.digest(noPolicies);
  const digests = drafts.map(({ draft, judgement, cluster }) => digestOf(outside, composed, cluster, draft, judgement));
  const digest = outside.digest(canonicalJson([digests.toSorted(), policyDigest]));
  guard(
    drafts.map(each => each.draft),
    drafts.map(each => each.judgement),
    {
      composed,
      problems: found.filter(problem => problem.code !== 'plan/unreachable' && problem.code !== 'plan/another-cluster'),
      confirmed: options.confirmed ?? [],
      planDigest: digest,
    },
  );
  const changes = drafts.map(({ draft, judgement, cluster }, index) =>
    toChange(draft, judgement, cluster, digests[index] as string),
  );
  changes.push(
    ...composed.waiting
      .filter(each => selected(options.selection, each.resource))
      .map(each => waitingChange(outside, composed, each, live)),
  );
  const held = holdDependents(changes.toSorted(inOrder(workOrder(outside.kinds).map(kind => kind.name))));
  found.push(...impossibleProblems(held));
  return {
    schemaVersion: 1,
    landscape: frame.landscape.name,
    environment: composed.environment,
    revision,
    digest,
    policyDigest,
    summary: summarise(
      held,
      parts.reduce((sum, part) => sum + part.unchanged, 0),
    ),
    changes: held,
    problems: found,
    clusters: Object.fromEntries(
      live.map(each => [each.cluster.logical, { name: each.cluster.name, clusterId: each.description.clusterId }]),
    ),
  };
}

const withinSelection = (problem: Problem, options: PreviewOptions): boolean =>
  options.selection?.tenants === undefined ||
  problem.scope === 'landscape' ||
  problem.scope === 'environment' ||
  problem.tenant == null ||
  options.selection.tenants.includes(problem.tenant);

const readCluster = (
  outside: Outside,
  store: Store,
  frame: Frame,
  composed: Composed,
  cluster: ComposedCluster,
  options: PreviewOptions,
) =>
  readLive(outside, store, {
    environment: composed.environment,
    landscape: frame.landscape.name,
    cluster,
    desired: composed.resources.filter(resource => resource.cluster === cluster.logical && selected(options.selection, resource)),
    kinds: [...outside.kinds.values()],
    depth: options.depth ?? 'essential',
    foreign: false,
  });

interface Judged {
  readonly draft: Draft;
  readonly judgement: Judgement;
  readonly cluster: LiveCluster;
}

async function draftCluster(
  outside: Outside,
  frame: Frame,
  composed: Composed,
  cluster: LiveCluster,
  options: PreviewOptions,
): Promise<{ drafts: Judged[]; unchanged: number }> {
  const drafts: Draft[] = [];
  let unchanged = 0;
  for (const kind of outside.kinds.values()) {
    const live = cluster.live.get(kind.name);
    if (live === undefined) continue;
    const entries = cluster.ledger.filter(entry => entry.kind === kind.name);
    const ours = entries.filter(
      entry =>
        entry.landscape === frame.landscape.name &&
        entry.environment === composed.environment &&
        entry.cluster === cluster.cluster.name,
    );
    const mine = new Set(ours);
    const result = differences({
      kind,
      environment: composed.environment,
      desired: composed.resources.filter(
        resource =>
          resource.kind === kind.name && resource.cluster === cluster.cluster.logical && selected(options.selection, resource),
      ),
      live,
      owned: ours.filter(entry => selected(options.selection, { ...entry, cluster: cluster.cluster.logical })),
      sharedElsewhere: new Set(entries.filter(entry => !mine.has(entry)).map(entry => entry.remoteName)),
    });
    drafts.push(...result.drafts);
    unchanged += result.unchanged;
  }
  const judgements = await judge(outside, cluster, drafts);
  return { drafts: drafts.map((draft, index) => ({ draft, judgement: judgements[index] as Judgement, cluster })), unchanged };
}

/** Covers the action, never the state: environment, cluster id, resource, action, fields, risk class. */
const digestOf = (outside: Outside, composed: Composed, cluster: LiveCluster, draft: Draft, judgement: Judgement): string =>
  outside.digest(
    canonicalJson({
      environment: composed.environment,
      clusterId: cluster.description.clusterId,
      tenant: draft.tenant,
      kind: draft.kind.name,
      name: draft.name,
      remoteName: draft.remoteName,
      remoteId: draft.live?.remoteId ?? null,
      action: draft.action,
      fields: draft.fields,
      risk: judgement.risk,
    }),
  );

function toChange(draft: Draft, judgement: Judgement, cluster: LiveCluster, digest: string): Change {
  const at = draft.resource === undefined ? undefined : declaredAt(draft.resource);
  const state: State = judgement.impossible.length > 0 ? 'impossible' : judgement.blockedBy.length > 0 ? 'blocked' : 'ready';
  return {
    action: draft.action,
    cluster: cluster.cluster.logical,
    clusterId: cluster.description.clusterId,
    tenant: draft.tenant,
    kind: draft.kind.name,
    name: draft.name,
    remoteName: draft.remoteName,
    remoteId: draft.live?.remoteId ?? null,
    digest,
    ...(at === undefined ? {} : { at }),
    fields: draft.fields.map(field => ({
      ...field,
      risk: judgement.risks[field.path] ?? (draft.action === 'delete' ? judgement.risk : 'safe'),
    })),
    state,
    probe: judgement.probe,
    risk: judgement.risk,
    reasons: [...judgement.reasons, ...judgement.impossible],
    evidence: judgement.evidence,
    blockedBy: judgement.blockedBy,
    declaredBy: draft.resource?.declaredBy ?? draft.entry?.declaredBy ?? [],
    owned: draft.owned,
    protected: draft.resource?.protected ?? draft.entry?.protected ?? false,
    preexisting: draft.entry?.preexisting ?? draft.action !== 'create',
    needs: (draft.resource?.refersTo ?? []).map(declarationName),
    ...(draft.movedFrom === undefined ? {} : { movedFrom: draft.movedFrom }),
  };
}

function waitingChange(outside: Outside, composed: Composed, { resource, waits }: Waiting, live: readonly LiveCluster[]): Change {
  const clusterId = live.find(each => each.cluster.logical === resource.cluster)?.description.clusterId ?? '';
  const at = declaredAt(resource);
  return {
    action: 'create',
    cluster: resource.cluster,
    clusterId,
    tenant: resource.tenant,
    kind: resource.kind,
    name: resource.name,
    remoteName: resource.name,
    remoteId: null,
    digest: outside.digest(canonicalJson([composed.environment, resource.tenant, resource.kind, resource.name, waits.code])),
    ...(at === undefined ? {} : { at }),
    fields: [],
    state: 'blocked',
    probe: 'notProbed',
    risk: 'safe',
    reasons: [],
    evidence: {},
    blockedBy: [waits],
    declaredBy: resource.declaredBy,
    owned: {},
    protected: false,
    preexisting: false,
    needs: [],
  };
}

/** What refers to something that cannot be made is held with it. */
function holdDependents(changes: readonly Change[]): Change[] {
  const stuck = new Map<string, Change>();
  for (const change of changes)
    if (change.state !== 'ready' && change.action === 'create')
      stuck.set(`${change.cluster}\t${declarationName(change)}`, change);
  return changes.map(change => {
    if (change.state !== 'ready' || change.action === 'delete' || change.action === 'forget') return change;
    const cause = change.needs.map(name => stuck.get(`${change.cluster}\t${name}`)).find(each => each !== undefined);
    if (cause === undefined) return change;
    const who = cause.blockedBy[0]?.who ?? (cause.tenant === null ? 'platform' : `tenant ${cause.tenant}`);
    return {
      ...change,
      state: 'blocked' as const,
      blockedBy: [
        ...change.blockedBy,
        { code: 'plan/needs', message: `It needs ${cause.kind} \`${cause.name}\`, which is ${cause.state}.`, who },
      ],
    };
  });
}

const inOrder = (kinds: readonly string[]) => {
  const position = new Map(kinds.map((name, index) => [name, index]));
  const key = (change: Change): [number, string] => [
    position.get(change.kind) ?? kinds.length,
    `${change.cluster}\t${change.tenant ?? ''}\t${change.remoteName}\t${change.name}`,
  ];
  return (a: Change, b: Change): number => {
    const [kindA, textA] = key(a);
    const [kindB, textB] = key(b);
    return kindA - kindB || (textA < textB ? -1 : textA > textB ? 1 : 0);
  };
};

const impossibleProblems = (changes: readonly Change[]): Problem[] =>
  changes
    .filter(change => change.state === 'impossible')
    .map(change =>
      planning('impossible', {
        message: `${declarationName(change as Pick<Resource, 'tenant' | 'kind' | 'name'>)}: ${change.reasons.map(reason => `${reason.message} (${reason.code})`).join(' ')}`,
        ...(change.at === undefined ? {} : { at: change.at }),
        tenant: change.tenant,
        subject: { tenant: change.tenant, kind: change.kind, name: change.name, cluster: change.cluster },
      }),
    );

function summarise(changes: readonly Change[], unchanged: number): PlanSummary {
  const summary = { create: 0, update: 0, delete: 0, adopt: 0, forget: 0, move: 0, blocked: 0, impossible: 0, unchanged };
  for (const change of changes) {
    if (change.state === 'blocked' || change.state === 'impossible') summary[change.state]++;
    else if (change.action !== 'none') summary[change.action]++;
  }
  return summary;
}
