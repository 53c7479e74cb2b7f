import { type ClusterFacts, type Difference, type Kind, type ProbeVerdict, verdictOf } from '#kinds/kind.ts';
import { worstRisk } from '#model/change.ts';
import { Fault, refused } from '#model/fault.ts';
import { canonicalJson } from '#model/json.ts';
import type { Draft, Judgement } from './difference.ts';
import type { Outside } from './outside.ts';
import type { LiveCluster } from './read-live.ts';

/** Up to this many changes are probed one by one, unless the controller limits us (KIP-599: probes charge its quota); beyond, one of each distinct shape. */
const probedSingly = 100;

/** Rules, the outside's own verdict, and figures for the risky ones. One judgement per draft, in order. */
export async function judge(outside: Outside, cluster: LiveCluster, drafts: readonly Draft[]): Promise<Judgement[]> {
  const judgements = drafts.map<Judgement>(() => ({
    probe: 'notProbed',
    risk: 'safe',
    risks: {},
    reasons: [],
    impossible: [],
    blockedBy: [],
    evidence: {},
    lacks: [],
    inProgress: [],
    stale: false,
  }));
  const kinds = new Map<Kind, number[]>();
  drafts.forEach((draft, index) => {
    kinds.set(draft.kind, [...(kinds.get(draft.kind) ?? []), index]);
  });
  for (const [kind, indexes] of kinds) {
    const facts: ClusterFacts = {
      clusterId: cluster.description.clusterId,
      brokers: cluster.description.brokers,
      live: cluster.live.get(kind.name) ?? new Map(),
      rights: cluster.description.authorizedOperations,
    };
    for (const index of indexes) assess(kind, drafts[index] as Draft, judgements[index] as Judgement, facts);
    await probe(
      outside,
      cluster,
      kind,
      indexes.filter(
        index => /create|update|delete/.test((drafts[index] as Draft).action) && isOpen(judgements[index] as Judgement),
      ),
      drafts,
      judgements,
    );
    await weigh(
      outside,
      cluster,
      kind,
      indexes.filter(index => judgements[index]?.risk !== 'safe'),
      drafts,
      judgements,
    );
  }
  return judgements;
}

/** Is there anything to ask the outside about? */
const isOpen = (judgement: Judgement): boolean => judgement.impossible.length === 0 && judgement.inProgress.length === 0;

function assess(kind: Kind, draft: Draft, judgement: Judgement, facts: ClusterFacts): void {
  if (draft.twin !== undefined)
    judgement.impossible.push({
      code: 'plan/declared-twice',
      message: `It is \`${draft.twin}\` too: another document declares the same under that name.`,
    });
  if (draft.action === 'adopt' || draft.action === 'move' || draft.action === 'forget') return;
  const assessment = kind.remote?.assess?.(draft, facts) ?? {};
  judgement.risks = { ...assessment.risks };
  judgement.risk = worstRisk([assessment.risk ?? 'safe', ...Object.values(judgement.risks)]);
  judgement.reasons.push(...(assessment.reasons ?? []));
  judgement.impossible.push(...(assessment.impossible ?? []));
  judgement.lacks.push(...(assessment.lacks ?? []));
  judgement.inProgress.push(...(assessment.inProgress ?? []));
  if (draft.action === 'delete' && draft.entry?.preexisting === true) {
    judgement.risk = worstRisk([judgement.risk, 'disruptive']);
    judgement.reasons.push({
      code: 'plan/stood-there-before',
      message: 'It was on the cluster before this landscape declared it: somebody else may rely on it.',
    });
  }
}

/** What a verdict depends on. An object that is ours as a whole is judged as a whole, by the server that it stands on. */
function shape({ remote }: Kind, { action, fields, resource, remoteName }: Difference): string {
  const whole =
    remote?.whole === true && resource !== undefined ? [remote.project(resource), remote.part?.(remoteName) ?? null] : [];
  return canonicalJson([action, fields, ...whole]);
}

async function probe(
  outside: Outside,
  cluster: LiveCluster,
  kind: Kind,
  indexes: readonly number[],
  drafts: readonly Draft[],
  judgements: readonly Judgement[],
): Promise<void> {
  const ask = kind.remote?.probe;
  if (ask === undefined || indexes.length === 0) return;
  outside.progress({ step: `asking ${cluster.cluster.logical} about ${kind.plural}`, total: indexes.length });
  const alike = indexes.length > probedSingly || (await isSlowed(cluster, kind, indexes.length));
  const groups = [...Map.groupBy(indexes, index => (alike ? shape(kind, drafts[index] as Draft) : String(index))).values()];
  const verdict = async (representatives: readonly number[]) => {
    if (representatives.length === 0) return [];
    const differences = representatives.map(index => drafts[index] as Draft);
    try {
      return await ask(cluster.ports, differences, outside.signal);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const unasked: ProbeVerdict = { probe: 'notProbed' };
      return differences.map(() => (error.code.endsWith('authorization-failed') ? verdictOf(refused(error)) : unasked));
    }
  };
  const verdicts = await verdict(groups.map(group => group[0] as number));
  // Rights go by name: where the one that was asked lacks them, the others of its shape may not.
  const byName = groups.flatMap((group, position) => (verdicts[position]?.lacks === undefined ? [] : group.slice(1)));
  const single = new Map((await verdict(byName)).map((each, position) => [byName[position], each]));
  groups.forEach((group, position) => {
    for (const index of group)
      settle(judgements[index] as Judgement, drafts[index] as Draft, single.get(index) ?? (verdicts[position] as ProbeVerdict));
  });
}

function settle(judgement: Judgement, draft: Draft, verdict: ProbeVerdict): void {
  judgement.lacks.push(...(verdict.lacks ?? []));
  if (draft.action === 'delete') return;
  judgement.probe = verdict.probe;
  judgement.stale = verdict.stale ?? false;
  judgement.impossible.push(...(verdict.impossible ?? []));
}

/** Would probing one by one eat the quota that the writes need? */
async function isSlowed(cluster: LiveCluster, kind: Kind, probes: number): Promise<boolean> {
  if (kind.remote?.probesCharge !== true || probes < 2) return false;
  try {
    return await cluster.ports.kafka.mutationsLimited();
  } catch (error) {
    if (error instanceof Fault) return true;
    throw error;
  }
}

async function weigh(
  outside: Outside,
  cluster: LiveCluster,
  kind: Kind,
  indexes: readonly number[],
  drafts: readonly Draft[],
  judgements: readonly Judgement[],
): Promise<void> {
  const measure = kind.remote?.evidence;
  if (measure === undefined || indexes.length === 0) return;
  outside.progress({ step: `measuring ${kind.plural} on ${cluster.cluster.logical}`, total: indexes.length });
  try {
    const found = await measure(
      cluster.ports,
      indexes.map(index => drafts[index] as Draft),
      outside.signal,
    );
    found.forEach((each, position) => {
      const judgement = judgements[indexes[position] as number] as Judgement;
      judgement.evidence = { ...each.evidence };
      judgement.reasons.push(...(each.reasons ?? []));
      if (each.risk !== undefined) judgement.risk = each.risk;
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    for (const index of indexes) {
      const judgement = judgements[index] as Judgement;
      judgement.evidence = { unavailable: true };
      judgement.reasons.push({ code: error.code, message: `The cluster gave no figures: ${error.message}` });
    }
  }
}
