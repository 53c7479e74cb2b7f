import type { Blocker } from '#model/change.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import { isError, type Problem } from '#model/problem.ts';
import { keyOf } from '#model/resource.ts';
import type { Composed } from './compose.ts';
import type { Draft, Judgement } from './difference.ts';

export interface GuardOrder {
  readonly composed: Composed;
  readonly problems: readonly Problem[];
  /** `[TENANT/]KIND/NAME` and plan digests that the person named. */
  readonly confirmed: readonly string[];
  readonly planDigest: string;
}

const namesOf = (draft: Draft): string[] => [
  `${draft.kind.name}/${draft.name}`,
  `${draft.tenant ?? ''}/${draft.kind.name}/${draft.name}`,
];

/** Holds back what must not go on unseen: a tenant's problem, protection, data, mass deletion. */
export function guard(drafts: readonly Draft[], judgements: readonly Judgement[], order: GuardOrder): void {
  const braked = order.confirmed.includes(order.planDigest) ? new Set<string>() : brakedKinds(drafts, order.composed);
  drafts.forEach((draft, index) => {
    const judgement = judgements[index] as Judgement;
    judgement.blockedBy.push(...problemsAgainst(draft, order.problems));
    if (draft.action === 'delete') judgement.blockedBy.push(...deletionGuards(draft, judgement, order, braked));
  });
}

function problemsAgainst(draft: Draft, problems: readonly Problem[]): Blocker[] {
  const holding = problems.find(
    problem =>
      isError(problem) &&
      (problem.scope === 'landscape' ||
        problem.scope === 'environment' ||
        (problem.scope === 'tenant' && (problem.tenant ?? null) === draft.tenant)),
  );
  if (holding === undefined) return [];
  const who = holding.scope === 'tenant' && holding.tenant != null ? `tenant ${holding.tenant}` : 'platform';
  return [
    {
      code: 'plan/problem',
      message: `${holding.title} (${holding.code}${holding.at === undefined ? '' : ` at ${holding.at.file}:${holding.at.line}`}).`,
      who,
    },
  ];
}

function deletionGuards(draft: Draft, judgement: Judgement, order: GuardOrder, braked: ReadonlySet<string>): Blocker[] {
  const owner = draft.tenant === null ? 'platform' : `tenant ${draft.tenant}`;
  const blockers: Blocker[] = [];
  const named = draft.consented || namesOf(draft).some(name => order.confirmed.includes(name));
  if (draft.entry?.protected === true || draft.resource?.protected === true)
    blockers.push({ code: 'plan/protected', message: 'It is protected: apply `metadata.protected: false` first.', who: owner });
  if (draft.kind.remote?.holdsData === true && !named) {
    const { records, bytes, consumers, unavailable } = judgement.evidence as {
      records?: number;
      bytes?: number;
      consumers?: string[];
      unavailable?: boolean;
    };
    if (order.composed.spec.prune?.data !== true)
      blockers.push({ code: 'plan/prune-off', message: 'blocked: prune is off for data in this environment.', who: 'platform' });
    else if (unavailable === true || (records ?? 1) > 0 || (bytes ?? 0) > 0 || (consumers ?? []).length > 0)
      blockers.push({
        code: 'plan/needs-name',
        message: `It holds data or has live consumers: name it with --confirm-delete ${draft.kind.name}/${draft.name}, or by the annotation kaas.dev/delete.`,
        who: owner,
      });
  }
  const documents = draft.entry?.declaredBy ?? [];
  if (!named && documents.length > 0 && documents.every(name => braked.has(documentKind(name))))
    blockers.push({
      code: 'plan/brake',
      message: `Unusually many documents would go at once: confirm with --confirm-delete ${order.planDigest}.`,
      who: 'platform',
    });
  return blockers;
}

const documentKind = (name: string): string => name.split('/').at(-2) ?? '';

/** Kinds of document of which more than max(5, 10 %) would be removed, or would leave their objects for others (an environment's prefix changed). */
function brakedKinds(drafts: readonly Draft[], composed: Composed): Set<string> {
  const deleted = drafts.flatMap(({ action, entry }) => (action === 'delete' && entry ? [entry] : []));
  if (deleted.length === 0) return new Set();
  const declared = new Set(composed.declared.flatMap(resource => resource.declaredBy));
  const now = new Map(composed.resources.map(resource => [keyOf(resource), resource.remoteName]));
  const leaves = (entry: LedgerEntry) => (now.get(keyOf(entry)) ?? entry.remoteName) !== entry.remoteName;
  const removed = new Set(deleted.flatMap(entry => entry.declaredBy.filter(name => !declared.has(name) || leaves(entry))));
  const all = Map.groupBy(new Set([...declared, ...removed]), documentKind);
  return new Set(
    [...Map.groupBy(removed, documentKind)]
      .filter(([kind, names]) => names.length > Math.max(5, 0.1 * (all.get(kind) ?? []).length))
      .map(([kind]) => kind),
  );
}
