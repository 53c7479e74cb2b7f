import type { Finished } from '#kinds/kind.ts';
import type { Change } from '#model/change.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Plan } from '#model/plan.ts';
import { declarationName } from '#model/resource.ts';
import type { Intent, Settlement } from '#ports/store.ts';
import { finished } from './finish.ts';
import { check, preview } from './flow.ts';
import type { Frame } from './frame.ts';
import { ledgerAfter } from './journal.ts';
import type { Outside } from './outside.ts';
import { isUnread } from './read-live.ts';

const leaseMs = 60_000;

/** Told of what could not be completed: whether it stays open, and why. */
export type Hear = (message: string) => void;

/**
 * Settles what an interrupted run left open, by reading the outside and never by repeating the call: an intent whose effect stands on the cluster is
 * recorded as applied, one whose effect is missing as failed, and the next plan asks for it anew. Returns how many intents were settled.
 * While a cluster cannot be read, or is still at work, its intents stay open.
 */
async function resume(outside: Outside, environment: string, hear: Hear): Promise<number> {
  const { checked, plan } = await preview(outside, environment);
  const frame = checked.frame;
  if (frame === undefined || plan === undefined) return 0;
  const store = await outside.store(frame.landscape.spec);
  const read = (await store.openIntents({ environment, landscape: plan.landscape })).filter(intent =>
    isRead(outside, intent, plan),
  );
  if (read.length === 0) return 0;
  await using stack = new AsyncDisposableStack();
  for (const { clusterId } of Object.values(plan.clusters))
    stack.use(await store.acquireLease(`kafka/${clusterId}`, `${await outside.actor()} (resume)`, leaseMs));
  const open = await ended(outside, { frame, plan, hear }, read);
  const owned = new Set((await store.ledger({ landscape: plan.landscape, environment })).map(remoteKey));
  await store.settle(open.map(each => verdict(each, plan, owned, outside.now().toISOString())));
  return open.length;
}

interface Ended {
  readonly intent: Intent;
  /** What its kind says of it: that it saw to the rest of it just now, or that nobody ever can. */
  readonly finished: Finished;
}

interface Taking {
  readonly frame: Frame;
  readonly plan: Plan;
  readonly hear: Hear;
}

/** Those that the outside is done with, whatever became of them, and left nothing of ours behind. */
async function ended(outside: Outside, { frame, plan, hear }: Taking, intents: readonly Intent[]): Promise<Ended[]> {
  const inProgress = new Set(plan.changes.filter(change => change.state === 'inProgress').map(remoteKey));
  const quiet = intents.filter(({ change }) => !inProgress.has(remoteKey(change)));
  const found: Ended[] = [];
  for (const [logical, own] of Map.groupBy(quiet, intent => intent.change.cluster as string)) {
    const { name } = plan.clusters[logical] as Plan['clusters'][string];
    const cluster = frame.clusters.get(name);
    if (cluster === undefined) continue;
    const ports = await outside.cluster(name, cluster.spec, frame.stores.get(plan.environment));
    const outcomes = await finished(
      ports,
      outside,
      own.map(intent => ({ intent })),
    );
    own.forEach((intent, index) => {
      const finished = outcomes[index] as Finished;
      const ends = finished.state === 'applied' || finished.never === true;
      if (ends) found.push({ intent, finished });
      if (finished.state !== 'applied' && finished.message !== undefined)
        hear(`${declarationName(intent.change)} ${ends ? 'was given up' : 'is still open'}: ${finished.message}`);
    });
  }
  return found;
}

/** The same, at the cost of one look into the journal when nothing was left open. */
export async function resumeIfNeeded(outside: Outside, environment: string, hear: Hear = () => {}): Promise<number> {
  const { frame } = await check(outside, []);
  if (frame === undefined) return 0;
  const store = await outside.store(frame.landscape.spec);
  return (await store.openIntents({ environment, landscape: frame.landscape.name })).length === 0
    ? 0
    : resume(outside, environment, hear);
}

function isRead({ kinds }: Outside, { change }: Intent, plan: Plan): boolean {
  const reading = change.cluster === null ? undefined : plan.clusters[change.cluster];
  const kind = kinds.get(change.kind);
  return (
    reading?.clusterId === change.clusterId && (kind === undefined || !isUnread(reading.unread ?? [], kind, change.remoteName))
  );
}

const remoteKey = (each: Pick<Change | LedgerEntry, 'clusterId' | 'kind' | 'remoteName'>): string =>
  `${each.clusterId}\t${each.kind}\t${each.remoteName}`;

function verdict({ intent, finished }: Ended, plan: Plan, owned: ReadonlySet<string>, at: string): Settlement {
  const { change } = intent;
  // A restart or a reset leaves nothing to be recognised by.
  if (change.operation !== undefined)
    return {
      intentId: intent.id,
      ends: true,
      outcome: {
        state: 'unknown',
        code: 'flow/interrupted',
        message: 'The run was interrupted; whether it happened cannot be told.',
      },
    };
  if (finished.never === true) {
    const { never: _, completed: __, ...outcome } = finished;
    return { intentId: intent.id, outcome };
  }
  const now = plan.changes.find(each => remoteKey(each) === remoteKey(change));
  const lost: Settlement = {
    intentId: intent.id,
    outcome: {
      state: 'failed',
      code: 'flow/interrupted',
      message: 'The run was interrupted and the cluster does not show the change.',
    },
  };
  const happened: Settlement = {
    intentId: intent.id,
    outcome: { state: 'applied', message: 'The run was interrupted; the cluster shows the change.' },
    ledger: ledgerAfter(plan, change, { at, remoteId: now?.remoteId }),
  };
  if (finished.completed === true) return happened;
  if (change.action === 'create')
    return now !== undefined && now.action !== 'create' && !owned.has(remoteKey(change)) ? happened : lost;
  if (change.action === 'delete') return now?.action === 'delete' ? lost : happened;
  return now === undefined || shows(now, change) ? happened : lost;
}

/** Has every field of the change the value that it asked for, even if Git asks for another by now? */
const shows = (now: Change, change: Change): boolean =>
  now.action !== 'create' &&
  change.fields.every(({ path, to }) => {
    const differing = now.fields.find(field => field.path === path);
    return differing === undefined || differing.from === to;
  });
