import type { Change } from '#model/change.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Intent, Run } from '#ports/store.ts';

/** A ledger entry of one topic, with what a test cares about. */
export const anEntry = (overrides: Partial<LedgerEntry> = {}): LedgerEntry => ({
  landscape: 'shop',
  environment: 'dev',
  cluster: 'main',
  clusterId: 'c-1',
  tenant: 'payments',
  kind: 'Topic',
  name: 'payments.orders',
  remoteName: 'dev.payments.orders',
  remoteId: 'id-1',
  fields: { partitions: 3, 'config.retention.ms': '604800000', 'config.cleanup.policy': null, compacted: true },
  protected: false,
  preexisting: false,
  declaredBy: ['payments/Topic/payments.orders'],
  commit: '0123abc',
  file: 'tenants/payments/orders.yaml',
  appliedAt: '2026-01-02T03:04:05.000Z',
  ...overrides,
});

/** The change that made, or would remove, an entry. */
export const aChange = (entry: LedgerEntry, overrides: Partial<Change> = {}): Change => ({
  action: 'create',
  cluster: entry.cluster,
  clusterId: entry.clusterId,
  tenant: entry.tenant,
  kind: entry.kind,
  name: entry.name,
  remoteName: entry.remoteName,
  remoteId: null,
  digest: 'sha256:1',
  fields: [{ path: 'partitions', from: null, to: 3, risk: 'safe' }],
  state: 'ready',
  probe: 'accepted',
  risk: 'safe',
  reasons: [],
  evidence: {},
  blockedBy: [],
  declaredBy: entry.declaredBy,
  owned: entry.fields,
  protected: false,
  preexisting: false,
  needs: [],
  ...overrides,
});

export const aRun = (overrides: Partial<Run> = {}): Run => ({
  id: 'run-1',
  landscape: 'shop',
  environment: 'dev',
  revision: '0123abc',
  planDigest: 'sha256:2',
  actor: 'ada@example.org',
  startedAt: '2026-01-02T03:04:00.000Z',
  finishedAt: null,
  summary: {},
  plan: { changes: [] },
  ...overrides,
});

export const anIntent = (id: string, change: Change, overrides: Partial<Intent> = {}): Intent => ({
  id,
  runId: 'run-1',
  environment: 'dev',
  change,
  openedAt: '2026-01-02T03:04:01.000Z',
  ...overrides,
});
