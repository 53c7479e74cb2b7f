import type { Outcome } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import { invariant } from '#model/invariant.ts';
import { canonicalJson } from '#model/json.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import { Redacted } from '#model/redacted.ts';
import type { AuditEntry, Intent, Lease, Run, Settlement, Store } from '#ports/store.ts';

/** What a database would hold; two stores on one of these see each other's writes. */
export class MemoryTables {
  readonly ledger = new Map<string, LedgerEntry>();
  readonly pins = new Map<string, string>();
  readonly runs = new Map<string, Run>();
  readonly intents = new Map<string, Intent>();
  readonly outcomes = new Map<string, { readonly runId: string; readonly outcome: Outcome }>();
  readonly leases = new Map<string, { holder: string; fence: number; expiresAt: number }>();
  readonly audit: AuditEntry[] = [];
}

/** The port `Store` in memory: the plan of a laptop with no broker, and fast tests. What goes in and out is copied. */
export function memoryStore(options: { now?: () => Date; tables?: MemoryTables } = {}): Store {
  const tables = options.tables ?? new MemoryTables();
  const now = () => (options.now?.() ?? new Date()).getTime();
  return {
    async ledger(scope) {
      const fits = (entry: LedgerEntry) =>
        (scope.landscape ?? entry.landscape) === entry.landscape &&
        (scope.environment ?? entry.environment) === entry.environment &&
        (scope.clusterId ?? entry.clusterId) === entry.clusterId;
      return [...tables.ledger]
        .filter(([, entry]) => fits(entry))
        .sort(byKey)
        .map(([, entry]) => copy(entry));
    },
    async pinnedClusterId(cluster) {
      return tables.pins.get(cluster);
    },
    async pinClusterId(cluster, clusterId) {
      const pinned = tables.pins.get(cluster) ?? clusterId;
      tables.pins.set(cluster, pinned);
      if (pinned !== clusterId)
        throw new Fault('store/pinned', `KafkaCluster ${cluster} is pinned to cluster id ${pinned}, not ${clusterId}.`, {
          remedy: 'Check the bootstrap servers: they lead to another cluster than at first contact.',
        });
    },
    async startRun(run) {
      invariant(isRepeated(tables.runs.get(run.id), run), 'A run is started once.');
      tables.runs.set(run.id, copy(run));
    },
    async finishRun(id, finishedAt, summary, plan) {
      const run = tables.runs.get(id);
      invariant(run !== undefined, 'A run is started before it is finished.');
      tables.runs.set(id, copy({ ...run, finishedAt, summary, plan }));
      for (const [intent, outcome] of tables.outcomes) if (outcome.runId === id) tables.outcomes.delete(intent);
    },
    async runs({ environment, landscape, limit }) {
      return [...tables.runs.values()]
        .filter(run => run.environment === environment && (landscape === undefined || run.landscape === landscape))
        .sort((a, b) => order(`${b.startedAt} ${b.id}`, `${a.startedAt} ${a.id}`))
        .slice(0, limit ?? 20)
        .map(run =>
          copy(run.finishedAt === null ? { ...run, summary: { ...run.summary, ...countOutcomes(tables, run.id) } } : run),
        );
    },
    async begin(intents) {
      const copies = copy(intents);
      invariant(
        copies.every(intent => tables.runs.has(intent.runId)),
        'An intent belongs to a run that was started.',
      );
      const ids = new Set(copies.map(intent => intent.id));
      invariant(
        ids.size === copies.length && copies.every(intent => isRepeated(tables.intents.get(intent.id), intent)),
        'An intent is begun once.',
      );
      for (const intent of copies) tables.intents.set(intent.id, intent);
    },
    async settle(settlements) {
      settle(tables, copy(settlements));
    },
    async openIntents({ environment, landscape }) {
      return [...tables.intents.values()]
        .filter(intent => (environment ?? intent.environment) === intent.environment)
        .filter(({ runId }) => landscape === undefined || tables.runs.get(runId)?.landscape === landscape)
        .sort((a, b) => order(`${a.openedAt} ${a.id}`, `${b.openedAt} ${b.id}`))
        .map(intent => copy(intent));
    },
    async acquireLease(resource, holder, ttlMs) {
      const held = tables.leases.get(resource);
      if (held !== undefined && held.expiresAt > now())
        throw new Fault(
          'store/leased',
          `${resource} is held by ${held.holder} until ${new Date(held.expiresAt).toISOString()}.`,
          {
            retry: 'later',
            remedy: 'Wait until it is done. A lease whose holder has died runs out at the time given.',
          },
        );
      const mine = { holder, fence: (held?.fence ?? 0) + 1, expiresAt: now() + ttlMs };
      tables.leases.set(resource, mine);
      return leaseOn(tables, resource, { mine, renewed: () => now() + ttlMs });
    },
    async appendAudit(entries) {
      for (const entry of copy(entries)) tables.audit.push({ sequence: tables.audit.length + 1, ...entry });
    },
    async audit({ after = 0, limit = Number.POSITIVE_INFINITY }) {
      return copy(tables.audit.slice(after, after + limit));
    },
    async [Symbol.asyncDispose]() {},
  };
}

function settle(tables: MemoryTables, settlements: readonly Settlement[]): void {
  const closed = settlements.filter(({ intentId }) => !tables.intents.has(intentId));
  const missing = closed.filter(
    ({ intentId, outcome }) => canonicalJson(tables.outcomes.get(intentId)?.outcome) !== canonicalJson(outcome),
  );
  if (missing.length > 0)
    throw new Fault(
      'store/not-open',
      `${missing.length} of ${settlements.length} intents are not open (first: ${missing[0]?.intentId}); nothing was settled.`,
      {
        remedy: 'Another writer settled them. Read the live state and plan again.',
      },
    );
  const work = settlements
    .filter(({ intentId }) => tables.intents.has(intentId))
    .map(settlement => ({ ...settlement, intent: tables.intents.get(settlement.intentId) as Intent }));
  const keyIn = ({ environment, runId, change }: Intent) =>
    keyOf({ ...change, cluster: change.cluster ?? '', landscape: (tables.runs.get(runId) as Run).landscape, environment });
  for (const { ledger, intent } of work) {
    if (!ledger || intent.change.movedFrom === undefined) continue;
    const { environment, ...names } = intent.change.movedFrom;
    tables.ledger.delete(keyIn({ ...intent, environment, change: { ...intent.change, ...names } }));
  }
  for (const { ledger, intent } of work) {
    if (ledger === null) tables.ledger.delete(keyIn(intent));
    else if (ledger) tables.ledger.set(keyOf(ledger), ledger);
  }
  for (const { intentId, intent, outcome, ends } of work) {
    tables.outcomes.set(intentId, { runId: intent.runId, outcome });
    if (ends === true || (outcome.state !== 'started' && outcome.state !== 'unknown')) tables.intents.delete(intentId);
  }
}

function leaseOn(
  tables: MemoryTables,
  resource: string,
  { mine, renewed }: { mine: { fence: number; expiresAt: number }; renewed: () => number },
): Lease {
  let released = false;
  return {
    async check() {
      invariant(!released, 'A lease is not used after it was released.');
      const held = tables.leases.get(resource);
      if (held?.fence !== mine.fence)
        throw new Fault('store/lease-lost', `${resource} was taken over by ${held?.holder}.`, {
          remedy: 'Nothing more is written. Plan again: the other writer may have changed what this plan rests on.',
        });
      held.expiresAt = renewed();
    },
    async [Symbol.asyncDispose]() {
      released = true;
      const held = tables.leases.get(resource);
      if (held?.fence === mine.fence) held.expiresAt = 0;
    },
  };
}

type Key = Pick<LedgerEntry, 'landscape' | 'environment' | 'cluster' | 'clusterId' | 'tenant' | 'kind' | 'name' | 'remoteName'>;
const keyOf = (key: Key): string =>
  [key.landscape, key.environment, key.cluster, key.clusterId, key.tenant ?? '', key.kind, key.name, key.remoteName].join('\0');
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => order(a, b);

/** A call whose answer was lost may be repeated as it was. */
const isRepeated = (found: unknown, given: unknown): boolean =>
  found === undefined || canonicalJson(found) === canonicalJson(given);

function countOutcomes(tables: MemoryTables, run: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { runId, outcome } of tables.outcomes.values())
    if (runId === run) counts[outcome.state] = (counts[outcome.state] ?? 0) + 1;
  return counts;
}

const holdsSecret = (value: unknown): boolean =>
  value instanceof Redacted || (typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret));

/** As a database would give it back: through JSON. Secrets are refused. */
function copy<Value>(value: Value): Value {
  invariant(!holdsSecret(value), 'A secret value was handed to the store.');
  return JSON.parse(JSON.stringify(value)) as Value;
}
