import type { Change } from '#model/change.ts';
import type { JsonObject } from '#model/json.ts';
import type { Plan } from '#model/plan.ts';
import type { Problem } from '#model/problem.ts';
import { keyOf, type Resource } from '#model/resource.ts';
import type { Store } from '#ports/store.ts';
import { lineage } from '#questions/affected.ts';
import {
  digestOf,
  holdDependents,
  impossibleProblems,
  inOrder,
  planDigest,
  summarise,
  toChange,
  waitingChange,
} from './changes.ts';
import type { Composed, ComposedCluster } from './compose.ts';
import { type Draft, differences, type Judgement } from './difference.ts';
import type { PreviewOptions } from './flow.ts';
import type { Frame } from './frame.ts';
import { guard } from './guards.ts';
import { holdings } from './holdings.ts';
import { judge } from './judge.ts';
import { leftBehind } from './left-behind.ts';
import { workOrder } from './order.ts';
import type { Outside } from './outside.ts';
import { planning } from './problems.ts';
import { type LiveCluster, readingOf, readLive, wasRead } from './read-live.ts';
import { holdWithoutRights } from './rights.ts';
import { selected } from './selection.ts';
import { holdWhatIsNamed } from './still-named.ts';

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
  // Opened beside the clusters; whether it could be opened is asked below, before anything rests on it.
  const store = outside.store(frame.landscape.spec);
  store.catch(() => {});
  const clusters = composed.clusters.filter(cluster => options.selection?.clusters?.includes(cluster.logical) ?? true);
  const found: Problem[] = problems.filter(problem => withinSelection(problem, options));
  const read = await Promise.all(clusters.map(cluster => readCluster(outside, store, frame, composed, cluster, options)));
  await store;
  const live = read.filter(each => !('code' in each)) as LiveCluster[];
  found.push(
    ...(read.filter(each => 'code' in each) as Problem[]),
    ...live.flatMap(each => each.unread.map(part => part.problem)),
    ...answeringTwice(live, composed.environment),
    ...(options.selection === undefined ? leftBehind(outside, frame, composed, live) : []),
  );
  const parts = await Promise.all(
    live.map(cluster =>
      upToDate(outside, cluster, {
        draft: each => draftCluster(outside, frame, composed, each, options),
        again: () => readCluster(outside, store, frame, composed, cluster.cluster, options),
      }),
    ),
  );
  const drafts = parts.flatMap(part => part.drafts);
  const policyDigest = outside.digest(noPolicies);
  const digests = drafts.map(({ draft, judgement, cluster }) => digestOf(outside, composed, cluster, draft, judgement));
  const digest = planDigest(outside, digests, policyDigest);
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
  holdWhatIsNamed(
    drafts.map(each => each.draft),
    drafts.map(each => each.judgement),
    composed.resources,
  );
  found.push(
    ...holdWithoutRights(
      drafts.map(each => each.draft),
      drafts.map(each => each.judgement),
    ),
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
  const shown = withAffected(held, frame, composed);
  return {
    schemaVersion: 1,
    landscape: frame.landscape.name,
    environment: composed.environment,
    revision,
    digest,
    policyDigest,
    summary: summarise(
      shown,
      parts.reduce((sum, part) => sum + part.unchanged, 0),
    ),
    changes: shown,
    problems: found,
    clusters: Object.fromEntries(live.map(each => [each.cluster.logical, readingOf(each)])),
    ...(options.selection === undefined ? {} : { selection: options.selection }),
    ...(options.confirmed === undefined || options.confirmed.length === 0 ? {} : { confirmed: options.confirmed }),
  };
}

/** Says of each change that is not safe who else feels it. */
function withAffected(changes: readonly Change[], frame: Frame, composed: Composed): readonly Change[] {
  if (changes.every(change => change.risk === 'safe')) return changes;
  const affected = lineage(composed.resources, tenant => ownersOf(frame.tenants.get(tenant)?.spec.owners));
  return changes.map(change => {
    const who = change.risk === 'safe' ? [] : affected(change, change.declaredBy);
    return who.length === 0 ? change : { ...change, affected: who };
  });
}

/** `group shop-team`, `email shop@example.org`. */
const ownersOf = (owners: readonly JsonObject[] = []): string[] =>
  owners.flatMap(owner => Object.entries(owner).map(([what, who]) => `${what} ${who}`));

/** Addresses may differ where the cluster is the same: its id says so. */
function answeringTwice(live: readonly LiveCluster[], environment: string): Problem[] {
  const same = [...Map.groupBy(live, each => each.description.clusterId)].filter(([, own]) => own.length > 1);
  return same.map(([clusterId, own]) => {
    const names = own.map(each => `\`${each.cluster.logical}\``).join(' and ');
    return planning('one-cluster-twice', { message: `${names} are one cluster, \`${clusterId}\`.`, tenant: null, environment });
  });
}

const withinSelection = (problem: Problem, options: PreviewOptions): boolean =>
  options.selection?.tenants === undefined ||
  problem.scope === 'landscape' ||
  problem.scope === 'environment' ||
  problem.tenant == null ||
  options.selection.tenants.includes(problem.tenant);

const readCluster = (
  outside: Outside,
  store: Promise<Store>,
  frame: Frame,
  composed: Composed,
  cluster: ComposedCluster,
  options: PreviewOptions,
) =>
  readLive(outside, store, {
    environment: composed.environment,
    landscape: frame.landscape.name,
    cluster,
    desired: composed.resources.filter(resource => resource.cluster === cluster.logical),
    selection: options.selection,
    kinds: [...outside.kinds.values()],
    depth: options.depth ?? 'essential',
    foreign: false,
    stores: frame.stores.get(composed.environment),
  });

interface Judged {
  readonly draft: Draft;
  readonly judgement: Judgement;
  readonly cluster: LiveCluster;
}

const rereads = 6;

/** Metadata spreads slowly on a busy cluster: while the controller knows of something that the read did not show, the cluster is read again. */
async function upToDate(
  outside: Outside,
  cluster: LiveCluster,
  how: { draft(cluster: LiveCluster): ReturnType<typeof draftCluster>; again(): ReturnType<typeof readCluster> },
): Promise<{ drafts: Judged[]; unchanged: number }> {
  let result = await how.draft(cluster);
  for (let attempt = 0; attempt < rereads && result.drafts.some(({ judgement }) => judgement.stale); attempt++) {
    await outside.sleep(250 * 2 ** attempt);
    const read = await how.again();
    if (!('code' in read)) result = await how.draft(read);
  }
  return result;
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
  for (const kind of workOrder(outside.kinds)) {
    const live = cluster.live.get(kind.name);
    if (live === undefined) continue;
    const { owned, left, sharedElsewhere } = holdings(kind, frame, composed, cluster);
    const known = wasRead(cluster, kind);
    const declared = composed.resources.filter(resource => resource.kind === kind.name);
    const result = differences({
      kind,
      environment: composed.environment,
      cluster: cluster.cluster.logical,
      desired: declared.filter(each => each.cluster === cluster.cluster.logical && cluster.reaches(each) && known(each)),
      declared,
      live,
      owned: owned.filter(entry => cluster.reaches(entry) && known(entry)),
      left: left.filter(known),
      sharedElsewhere,
      now: outside.now(),
      renewed: renewedBy(drafts),
      renew: options.renew ?? false,
    });
    drafts.push(...result.drafts);
    unchanged += result.unchanged;
  }
  const judgements = await judge(outside, cluster, drafts);
  return { drafts: drafts.map((draft, index) => ({ draft, judgement: judgements[index] as Judgement, cluster })), unchanged };
}

/** Kinds stand after those that make their secrets, so what makes them is drafted already. */
function renewedBy(drafts: readonly Draft[]): (resource: Resource) => ReadonlySet<string> {
  const renewing = new Set(
    drafts.flatMap(draft => (draft.resource && draft.kind.remote?.renewsSecret?.(draft) ? [keyOf(draft.resource)] : [])),
  );
  return ({ refersTo }) =>
    new Set(renewing.size === 0 ? [] : refersTo.flatMap(each => (renewing.has(keyOf(each)) ? (each.makes ?? []) : [])));
}
