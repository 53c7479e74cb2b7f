import { type Change, type Fields, whenApplied } from '#model/change.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Plan } from '#model/plan.ts';

interface Applied {
  readonly at: string;
  readonly remoteId?: string | null | undefined;
}

/** What the ledger says once this change is applied: an entry, or null where nothing of ours remains. `remoteId` is that of something just made. */
export function ledgerAfter(plan: Plan, change: Change, { at, remoteId = change.remoteId }: Applied): LedgerEntry | null {
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
    remoteId,
    fields: dated(change.owned, at),
    protected: change.protected,
    preexisting: change.preexisting,
    declaredBy: change.declaredBy,
    commit: plan.revision,
    file: change.at?.file ?? null,
    appliedAt: at,
  };
}

const dated = (fields: Fields, at: string): Fields =>
  Object.fromEntries(Object.entries(fields).map(([path, value]) => [path, value === whenApplied ? at : value]));
