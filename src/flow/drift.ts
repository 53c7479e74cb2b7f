import type { Kind, Live } from '#kinds/kind.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Plan, Selection } from '#model/plan.ts';
import type { Problem } from '#model/problem.ts';
import { digestOf, inOrder, planDigest, summarise, toChange } from './changes.ts';
import type { Composed } from './compose.ts';
import type { Draft } from './difference.ts';
import { type Checked, check } from './flow.ts';
import type { Frame } from './frame.ts';
import { judge } from './judge.ts';
import { workOrder } from './order.ts';
import type { Outside } from './outside.ts';
import { type LiveCluster, readingOf, readLive, wasRead } from './read-live.ts';
import { selected } from './selection.ts';

/**
 * Live against what was last applied: each change leads from what is live back to what the ledger says. Git's newer revisions do not count.
 * The result has a plan's shape and is never applied.
 */
export async function detectDrift(
  outside: Outside,
  environment: string,
  options: { readonly selection?: Selection } = {},
): Promise<{ checked: Checked; plan: Plan | undefined }> {
  const checked = await check(outside, [environment]);
  const composed = checked.environments[0];
  if (checked.frame === undefined || composed === undefined) return { checked, plan: undefined };
  const frame = checked.frame;
  const store = await outside.store(frame.landscape.spec);
  const clusters = composed.clusters.filter(each => options.selection?.clusters?.includes(each.logical) ?? true);
  const read = await Promise.all(
    clusters.map(cluster =>
      readLive(outside, store, {
        environment,
        landscape: frame.landscape.name,
        cluster,
        desired: [],
        kinds: [...outside.kinds.values()],
        depth: 'all',
        foreign: false,
        stores: frame.stores.get(composed.environment),
      }),
    ),
  );
  const live = read.filter((each): each is LiveCluster => !('code' in each));
  const problems = [
    ...read.filter((each): each is Problem => 'code' in each),
    ...live.flatMap(each => each.unread.map(part => part.problem)),
  ];
  const parts = await Promise.all(live.map(cluster => driftOf(outside, frame, { composed, cluster }, options.selection)));
  const changes = parts.flatMap(part => part.changes).toSorted(inOrder(workOrder(outside.kinds).map(kind => kind.name)));
  const policyDigest = outside.digest('[]');
  const plan: Plan = {
    schemaVersion: 1,
    landscape: frame.landscape.name,
    environment,
    revision: checked.loaded.revision,
    digest: planDigest(
      outside,
      changes.map(change => change.digest),
      policyDigest,
    ),
    policyDigest,
    summary: summarise(
      changes,
      parts.reduce((sum, part) => sum + part.unchanged, 0),
    ),
    changes,
    problems,
    clusters: Object.fromEntries(live.map(each => [each.cluster.logical, readingOf(each)])),
  };
  return { checked, plan };
}

async function driftOf(
  outside: Outside,
  frame: Frame,
  { composed, cluster }: { composed: Composed; cluster: LiveCluster },
  selection: Selection | undefined,
) {
  const entries = cluster.ledger.filter(
    entry =>
      entry.landscape === frame.landscape.name &&
      entry.environment === composed.environment &&
      entry.cluster === cluster.cluster.logical &&
      selected(selection, entry),
  );
  const drafts = entries.flatMap(entry => {
    const kind = outside.kinds.get(entry.kind);
    const live = cluster.live.get(entry.kind);
    // What could not be read has not drifted, it is unknown: a problem says so.
    return kind?.remote === undefined || live === undefined || !wasRead(cluster, kind)(entry)
      ? []
      : (driftOfEntry(kind, entry, live.get(entry.remoteName)) ?? []);
  });
  const judgements = await judge(outside, cluster, drafts);
  const declared = new Map(composed.resources.map(each => [`${each.cluster}\t${each.kind}\t${each.remoteName}`, each]));
  const changes = drafts.map((draft, index) => {
    const judgement = judgements[index] as (typeof judgements)[number];
    const resource = declared.get(`${cluster.cluster.logical}\t${draft.kind.name}\t${draft.remoteName}`);
    return toChange({ ...draft, resource }, judgement, cluster, digestOf(outside, composed, cluster, draft, judgement));
  });
  return { changes, unchanged: entries.length - changes.length };
}

/** The way back to what the entry says; undefined where live agrees. */
function driftOfEntry(kind: Kind, entry: LedgerEntry, live: Live | undefined): Draft | undefined {
  const remote = kind.remote as NonNullable<Kind['remote']>;
  const same = live !== undefined && (entry.remoteId === null || live.remoteId === null || entry.remoteId === live.remoteId);
  const fields: Draft['fields'][number][] = Object.entries(entry.fields).flatMap(([path, to]) => {
    if (remote.notes?.includes(path)) return [];
    if (remote.unreadable?.includes(path)) return same ? [] : [{ path, from: null, to }];
    const from = live?.fields[path] ?? live?.defaults[path] ?? null;
    const equal = from !== null && (remote.same?.(path, to, from) ?? from === to);
    return equal || (from === null && to === null) ? [] : [{ path, from: live?.fields[path] ?? null, to }];
  });
  if (remote.whole)
    for (const [path, from] of Object.entries(live?.fields ?? {}))
      if (from !== null && !(path in entry.fields) && !remote.keeps?.includes(path)) fields.push({ path, from, to: null });
  if (live !== undefined && fields.length === 0) return undefined;
  return {
    kind,
    action: live === undefined ? 'create' : 'update',
    resource: undefined,
    live,
    entry,
    tenant: entry.tenant,
    name: entry.name,
    remoteName: entry.remoteName,
    fields,
    owned: entry.fields,
    consented: false,
  };
}
