import type { Change } from '#model/change.ts';
import type { Plan } from '#model/plan.ts';
import type { Problem } from '#model/problem.ts';

/** A problem that the tests of the views share. */
export const sampleProblem: Problem = {
  code: 'topic/bad-name',
  severity: 'error',
  scope: 'tenant',
  title: 'Kafka does not accept this topic name',
  message: '`a b` has a space <in it> & "more".',
  hint: 'Use a-z.',
  at: { file: 'tenants/shop/topics.yaml', line: 7, column: 5 },
  related: [{ file: 'platform/x.yaml', line: 1, column: 1 }],
  subject: { tenant: 'shop', kind: 'Topic', name: 'a' },
  tenant: 'shop',
};

/** A change that the tests of the views share, with what a test is about laid over it. */
export const sampleChange = (over: Partial<Change> = {}): Change => ({
  action: 'create',
  cluster: 'main',
  clusterId: 'id',
  tenant: 'shop',
  kind: 'Topic',
  name: 'shop.orders',
  remoteName: 'dev.shop.orders',
  remoteId: null,
  digest: 'sha256:c',
  at: { file: 'tenants/shop/topics.yaml', line: 1, column: 1 },
  fields: [{ path: 'partitions', from: null, to: 3, risk: 'safe' }],
  state: 'ready',
  probe: 'accepted',
  risk: 'safe',
  reasons: [],
  evidence: {},
  blockedBy: [],
  declaredBy: ['shop/Topic/shop.orders'],
  owned: { partitions: 3 },
  protected: false,
  preexisting: false,
  needs: [],
  ...over,
});

/** A plan that the tests of the views share: a create, a risky update, a held delete, a problem. */
export const samplePlan: Plan = {
  schemaVersion: 1,
  landscape: 'shop',
  environment: 'dev',
  revision: 'working tree',
  digest: 'sha256:p',
  policyDigest: 'sha256:q',
  summary: {
    create: 1,
    update: 1,
    delete: 0,
    adopt: 0,
    forget: 0,
    move: 0,
    blocked: 1,
    impossible: 0,
    inProgress: 0,
    unchanged: 812,
  },
  changes: [
    sampleChange(),
    sampleChange({
      action: 'update',
      name: 'shop.payments',
      remoteName: 'dev.shop.payments',
      risk: 'destructive',
      fields: [{ path: 'config.retention.ms', from: '604800000', to: '3600000', risk: 'destructive' }],
      reasons: [{ code: 'topic/retention-drops-data', message: 'about 41 GiB older than 1 h will be deleted' }],
      evidence: { bytes: 44023414784, consumers: ['shop.billing'] },
    }),
    sampleChange({
      action: 'delete',
      tenant: null,
      name: 'old\u001b[2J',
      remoteName: 'old',
      state: 'blocked',
      blockedBy: [{ code: 'plan/prune-off', message: 'prune is off', who: 'platform' }],
    }),
  ],
  problems: [sampleProblem],
  clusters: { main: { name: 'main', clusterId: 'id' } },
};
