import type { Change } from '#model/change.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Plan } from '#model/plan.ts';

/** What the ledger says once this change is applied: an entry, or null where nothing of ours remains. */
export function ledgerAfter(plan: Plan, change: Change, at: string): LedgerEntry | null {
  if (change.action === 'delete' || change.action === 'forget') return null;
  return {
    landscape: plan.landscape,
    environment: plan.environment,
    cluster: change.cluster ?? '',
    clusterId: change.clusterId,
    tenant: change.tenant,
    kind: change.kind,
    name: change.name,
    remoteName: change.remoteName,
    remoteId: change.remoteId,
    fields: change.owned,
    protected: change.protected,
    preexisting: change.preexisting,
    declaredBy: change.declaredBy,
    commit: plan.revision,
    file: change.at?.file ?? null,
    appliedAt: at,
  };
}
