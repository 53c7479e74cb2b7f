import type { Change, State } from '#model/change.ts';
import { canonicalJson } from '#model/json.ts';
import type { PlanSummary } from '#model/plan.ts';
import type { Problem } from '#model/problem.ts';
import { declarationName, declaredAt } from '#model/resource.ts';
import type { Composed, Waiting } from './compose.ts';
import type { Draft, Judgement } from './difference.ts';
import type { Outside } from './outside.ts';
import { planning } from './problems.ts';
import type { LiveCluster } from './read-live.ts';

/** Covers the action, never the state: environment, cluster id, resource, action, fields, risk class. */
export const digestOf = (
  outside: Outside,
  composed: Composed,
  cluster: LiveCluster,
  draft: Draft,
  judgement: Judgement,
): string =>
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

export function toChange(draft: Draft, judgement: Judgement, cluster: LiveCluster, digest: string): Change {
  const at = draft.resource === undefined ? undefined : declaredAt(draft.resource);
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
    state: stateOf(draft.action, judgement),
    probe: judgement.probe,
    risk: judgement.risk,
    reasons: [...judgement.reasons, ...judgement.inProgress, ...judgement.impossible],
    evidence: judgement.evidence,
    blockedBy: judgement.blockedBy,
    declaredBy: draft.resource?.declaredBy ?? draft.entry?.declaredBy ?? [],
    owned: draft.owned,
    protected: draft.resource?.protected ?? draft.entry?.protected ?? false,
    preexisting: draft.entry?.preexisting ?? stoodThere(draft),
    needs: (draft.resource?.refersTo ?? []).map(declarationName),
    ...(draft.movedFrom === undefined ? {} : { movedFrom: draft.movedFrom }),
  };
}

/** A deletion that somebody holds back is not under way, whatever it would have to wait for besides. */
function stateOf(action: Draft['action'], { impossible, inProgress, blockedBy }: Judgement): State {
  if (impossible.length > 0) return 'impossible';
  if (inProgress.length > 0 && (action !== 'delete' || blockedBy.length === 0)) return 'inProgress';
  return blockedBy.length > 0 ? 'blocked' : 'ready';
}

/** Was it on the cluster before us? Of what is no object but a set of keys (a quota, a configuration), only if one of ours was set. */
function stoodThere({ action, live, owned, madeElsewhere }: Draft): boolean {
  if (action === 'create' || live === undefined || madeElsewhere) return false;
  const paths = Object.keys(owned);
  return live.remoteId !== null || paths.length === 0 || paths.some(path => (live.fields[path] ?? null) !== null);
}

export function waitingChange(
  outside: Outside,
  composed: Composed,
  { resource, waits }: Waiting,
  live: readonly LiveCluster[],
): Change {
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
export function holdDependents(changes: readonly Change[]): Change[] {
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

export const inOrder = (kinds: readonly string[]) => {
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

export const impossibleProblems = (changes: readonly Change[]): Problem[] =>
  changes
    .filter(change => change.state === 'impossible')
    .map(change =>
      planning('impossible', {
        message: `${declarationName(change)}: ${change.reasons.map(reason => `${reason.message} (${reason.code})`).join(' ')}`,
        ...(change.at === undefined ? {} : { at: change.at }),
        tenant: change.tenant,
        subject: { tenant: change.tenant, kind: change.kind, name: change.name, cluster: change.cluster },
      }),
    );

export function summarise(changes: readonly Change[], unchanged: number): PlanSummary {
  const actions = { create: 0, update: 0, delete: 0, adopt: 0, forget: 0, move: 0 };
  const summary = { ...actions, blocked: 0, impossible: 0, inProgress: 0, unchanged };
  for (const change of changes) {
    if (change.state !== 'ready') summary[change.state]++;
    else if (change.action !== 'none') summary[change.action]++;
  }
  return summary;
}

/** A plan's digest: what its changes are, in any order, and the policies that judged them. What waits for consent alone is no part of it. */
export const planDigest = (outside: Pick<Outside, 'digest'>, digests: readonly string[], policyDigest: string): string =>
  outside.digest(canonicalJson([digests.toSorted(), policyDigest]));
