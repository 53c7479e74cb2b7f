import { sql, type Transaction } from 'kysely';
import type { Change } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Settlement } from '#ports/store.ts';
import { type Engine, slices } from './engine.ts';
import { keyOf, rowOf } from './ledger-rows.ts';
import { type LedgerRow, ledgerKey, type Tables } from './schema.ts';
import { storedJson } from './stored-json.ts';

interface OpenIntent {
  readonly run_id: string;
  readonly environment: string;
  readonly landscape: string;
  readonly change: Change;
}

/**
 * Outcomes and ledger in one transaction. An outcome that is no end yet (`started`, `unknown`) is noted and its intent stays open, unless the settlement ends it.
 * An intent that is not open (another writer settled it) refuses the whole call: `store/not-open`. A call whose answer was lost may be
 * repeated as it was: what was settled with the same outcome counts as done.
 */
export async function settle(engine: Engine, all: readonly Settlement[]): Promise<void> {
  if (all.length === 0) return;
  await engine.db.transaction().execute(async transaction => {
    const intents = await openOnes(transaction, all);
    await refuseUnlessRepeated(transaction, all, intents);
    const settlements = all.filter(each => intents.has(each.intentId));
    await writeLedger(transaction, settlements, intents);
    const outcomes = settlements.map(({ intentId, outcome }) => ({
      intent_id: intentId,
      run_id: (intents.get(intentId) as OpenIntent).run_id,
      state: outcome.state,
      outcome: storedJson(outcome),
    }));
    for (const values of slices(outcomes))
      await transaction
        .insertInto('kaas_outcomes')
        .values(values)
        .onConflict(c =>
          c.column('intent_id').doUpdateSet(e => ({ state: e.ref('excluded.state'), outcome: e.ref('excluded.outcome') })),
        )
        .execute();
    const ended = settlements
      .filter(({ outcome, ends }) => ends === true || (outcome.state !== 'started' && outcome.state !== 'unknown'))
      .map(each => each.intentId);
    for (const ids of slices(ended)) await transaction.deleteFrom('kaas_intents').where('id', 'in', ids).execute();
  });
}

async function openOnes(transaction: Transaction<Tables>, settlements: readonly Settlement[]): Promise<Map<string, OpenIntent>> {
  const open = new Map<string, OpenIntent>();
  for (const slice of slices(settlements)) {
    let query = transaction
      .selectFrom('kaas_intents')
      .innerJoin('kaas_runs', 'kaas_runs.id', 'kaas_intents.run_id')
      .select([
        'kaas_intents.id',
        'kaas_intents.run_id',
        'kaas_intents.environment',
        'kaas_intents.change',
        'kaas_runs.landscape',
      ]);
    query = query.where(
      'kaas_intents.id',
      'in',
      slice.map(each => each.intentId),
    );
    for (const row of await query.execute()) open.set(row.id, { ...row, change: JSON.parse(row.change) as Change });
  }
  return open;
}

async function refuseUnlessRepeated(
  transaction: Transaction<Tables>,
  all: readonly Settlement[],
  open: ReadonlyMap<string, OpenIntent>,
): Promise<void> {
  const closed = new Map(all.filter(each => !open.has(each.intentId)).map(each => [each.intentId, storedJson(each.outcome)]));
  for (const ids of slices([...closed.keys()])) {
    const rows = await transaction
      .selectFrom('kaas_outcomes')
      .select(['intent_id', 'outcome'])
      .where('intent_id', 'in', ids)
      .execute();
    for (const row of rows) if (closed.get(row.intent_id) === row.outcome) closed.delete(row.intent_id);
  }
  if (closed.size === 0) return;
  const [first] = closed.keys();
  throw new Fault(
    'store/not-open',
    `${closed.size} of ${all.length} intents are not open (first: ${first}); nothing was settled.`,
    {
      remedy: 'Another writer settled them. Read the live state and plan again.',
    },
  );
}

async function writeLedger(
  transaction: Transaction<Tables>,
  settlements: readonly Settlement[],
  intents: ReadonlyMap<string, OpenIntent>,
): Promise<void> {
  const present = new Map<string, LedgerRow>();
  const gone: string[][] = [];
  const left: string[][] = [];
  for (const { intentId, ledger } of settlements) {
    if (ledger === undefined) continue;
    const { change, landscape, environment } = intents.get(intentId) as OpenIntent;
    if (ledger === null) {
      const key = columnsOf(keyOf(change, landscape, environment));
      present.delete(key.join('\0'));
      gone.push(key);
      continue;
    }
    const row = rowOf(ledger);
    const key = columnsOf(row);
    present.set(key.join('\0'), row);
    if (change.movedFrom !== undefined) {
      const { environment: from, ...old } = change.movedFrom;
      left.push(columnsOf(keyOf({ ...change, ...old }, landscape, from)));
    }
  }
  await remove(transaction, [...left, ...gone]);
  for (const rows of slices([...present.values()]))
    await transaction
      .insertInto('kaas_ledger')
      .values(rows)
      .onConflict(c =>
        c.columns([...ledgerKey]).doUpdateSet(e => ({
          remote_id: e.ref('excluded.remote_id'),
          rest: e.ref('excluded.rest'),
        })),
      )
      .execute();
}

const columnsOf = (key: Pick<LedgerRow, (typeof ledgerKey)[number]>): string[] => ledgerKey.map(column => key[column]);

/** The key holds the remote name: what a renamed document owns now is another entry than what it owned. */
async function remove(transaction: Transaction<Tables>, keys: readonly string[][]): Promise<void> {
  for (const slice of slices(keys)) {
    const tuples = sql.join(slice.map(key => sql`(${sql.join(key)})`));
    await sql`delete from kaas_ledger where (${sql.join(ledgerKey.map(column => sql.ref(column)))}) in (values ${tuples})`.execute(
      transaction,
    );
  }
}
