import type { Change, Outcome } from '#model/change.ts';
import type { Applied, Plan } from '#model/plan.ts';
import { problemDocument } from './problems-document.ts';

const changeDocument = (change: Change & { readonly outcome?: Outcome }) => ({
  action: change.action,
  ...(change.operation === undefined ? {} : { operation: change.operation }),
  cluster: change.cluster,
  tenant: change.tenant,
  kind: change.kind,
  name: change.name,
  digest: change.digest,
  remoteName: change.remoteName,
  ...(change.at === undefined ? {} : { at: change.at }),
  fields: change.fields,
  state: change.state,
  probe: change.probe,
  risk: change.risk,
  reasons: change.reasons,
  evidence: change.evidence,
  blockedBy: change.blockedBy,
  declaredBy: change.declaredBy,
  affected: change.affected ?? [],
  ...(change.movedFrom === undefined ? {} : { movedFrom: change.movedFrom }),
  ...(change.outcome === undefined ? {} : { outcome: change.outcome }),
});

/** What `plan`, `drift` and `apply` print with `-o json`: the contract's members, in its order. */
export const planDocument = (plan: Plan | Applied) => ({
  schemaVersion: plan.schemaVersion,
  environment: plan.environment,
  revision: plan.revision,
  digest: plan.digest,
  policyDigest: plan.policyDigest,
  ...('runId' in plan ? { runId: plan.runId } : {}),
  summary: plan.summary,
  changes: plan.changes.map(changeDocument),
  problems: plan.problems.map(problemDocument),
});
