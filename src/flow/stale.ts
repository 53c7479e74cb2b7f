import type { Change } from '#model/change.ts';
import type { AppliedChange, Plan } from '#model/plan.ts';
import { planDigest, summarise } from './changes.ts';
import type { Outside } from './outside.ts';

const identity = (change: Change): string =>
  JSON.stringify([change.cluster, change.tenant, change.kind, change.name, change.remoteName]);

/**
 * What of a saved plan still holds: its changes that a plan made now would make in the same words (equal digests), and the rest refused by name.
 * What is new since stays out. The file is trusted for digests and confirmations only: fields, states and blockers are those read now, and what was
 * ready and is held back now is refused.
 */
export function stale(saved: Plan, fresh: Plan): { plan: Plan; refused: AppliedChange[] } {
  const now = new Map(fresh.changes.map(change => [change.digest, change]));
  const here = new Map(fresh.changes.map(change => [identity(change), change]));
  const wanted = saved.changes.filter(change => change.state === 'ready');
  const held = (change: Change) => now.get(change.digest)?.state === 'blocked';
  const kept = wanted.flatMap(change => (held(change) ? [] : (now.get(change.digest) ?? [])));
  const refused = wanted
    .filter(change => !now.has(change.digest) || held(change))
    .map<AppliedChange>(change => ({
      ...change,
      outcome: { state: 'refused', code: 'plan/stale', message: whyRefused(now.get(change.digest), here.has(identity(change))) },
    }));
  return { plan: { ...fresh, digest: saved.digest, changes: kept, summary: summarise(kept, fresh.summary.unchanged) }, refused };
}

function whyRefused(same: Change | undefined, here: boolean): string {
  if (same !== undefined) return `It was ready when it was planned and is held back now: ${same.blockedBy[0]?.message ?? ''}`;
  return here
    ? 'It differs from what was planned: live state, Git or a secret changed since.'
    : 'It is as asked for already, or no longer asked for.';
}

/** Are a saved plan's changes the ones that its digest stands for? The digest goes to the audit log, so it must not lie. */
export function isWhole({ kinds, digest }: Pick<Outside, 'kinds' | 'digest'>, saved: Plan): boolean {
  const written = saved.changes.filter(change => kinds.get(change.kind)?.remote !== undefined);
  return (
    saved.digest ===
    planDigest(
      { digest },
      written.map(change => change.digest),
      saved.policyDigest,
    )
  );
}
