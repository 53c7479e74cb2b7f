import { invariant } from '#model/invariant.ts';
import type { Intent, IntentScope, Run } from '#ports/store.ts';
import { type Engine, slices } from './engine.ts';
import type { RunRow } from './schema.ts';
import { storedJson } from './stored-json.ts';

/** A call whose answer was lost may be repeated as it was; another run under the same id is a `Bug`. */
export async function startRun(engine: Engine, run: Run): Promise<void> {
  const row: RunRow = {
    id: run.id,
    landscape: run.landscape,
    environment: run.environment,
    revision: run.revision,
    plan_digest: run.planDigest,
    actor: run.actor,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    summary: storedJson(run.summary),
    plan: storedJson(run.plan),
  };
  const { numInsertedOrUpdatedRows } = await engine.db
    .insertInto('kaas_runs')
    .values(row)
    .onConflict(c => c.column('id').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) return;
  const found = await engine.db.selectFrom('kaas_runs').selectAll().where('id', '=', run.id).executeTakeFirst();
  invariant(storedJson(found) === storedJson(row), 'A run is started once.');
}

/** Keeps the finished plan, which carries the outcomes; the rows that held them until now are dropped. */
export async function finishRun(
  engine: Engine,
  run: { id: string; finishedAt: string; summary: unknown; plan: unknown },
): Promise<void> {
  await engine.db.transaction().execute(async transaction => {
    const set = { finished_at: run.finishedAt, summary: storedJson(run.summary), plan: storedJson(run.plan) };
    const { numUpdatedRows } = await transaction.updateTable('kaas_runs').set(set).where('id', '=', run.id).executeTakeFirst();
    invariant(numUpdatedRows === 1n, 'A run is started before it is finished.');
    await transaction.deleteFrom('kaas_outcomes').where('run_id', '=', run.id).execute();
  });
}

/** Newest first. A run that never finished is summed up from the outcomes that it settled. */
export async function readRuns(
  engine: Engine,
  scope: { environment: string; landscape?: string; limit?: number },
): Promise<Run[]> {
  let query = engine.db.selectFrom('kaas_runs').selectAll().where('environment', '=', scope.environment);
  if (scope.landscape !== undefined) query = query.where('landscape', '=', scope.landscape);
  const rows = await query
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(scope.limit ?? 20)
    .execute();
  const unfinished = rows.filter(row => row.finished_at === null).map(row => row.id);
  const counts = unfinished.length === 0 ? [] : await countOutcomes(engine, unfinished);
  return rows.map(row => ({
    id: row.id,
    landscape: row.landscape,
    environment: row.environment,
    revision: row.revision,
    planDigest: row.plan_digest,
    actor: row.actor,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    summary: {
      ...(JSON.parse(row.summary) as Run['summary']),
      ...Object.fromEntries(counts.filter(each => each.run_id === row.id).map(each => [each.state, Number(each.count)])),
    },
    plan: JSON.parse(row.plan) as unknown,
  }));
}

const countOutcomes = (engine: Engine, runs: string[]) =>
  engine.db
    .selectFrom('kaas_outcomes')
    .select(['run_id', 'state', ({ fn }) => fn.countAll().as('count')])
    .where('run_id', 'in', runs)
    .groupBy(['run_id', 'state'])
    .execute();

/** Durable when it resolves: all of them or none. A call whose answer was lost may be repeated as it was. */
export async function begin(engine: Engine, intents: readonly Intent[]): Promise<void> {
  if (intents.length === 0) return;
  invariant(new Set(intents.map(intent => intent.id)).size === intents.length, 'An intent is begun once.');
  await engine.db.transaction().execute(async transaction => {
    const runs = [...new Set(intents.map(intent => intent.runId))];
    const known = await transaction.selectFrom('kaas_runs').select('id').where('id', 'in', runs).execute();
    invariant(known.length === runs.length, 'An intent belongs to a run that was started.');
    const rows = intents.map(({ id, runId, environment, change, openedAt }) => ({
      id,
      run_id: runId,
      environment,
      change: storedJson(change),
      opened_at: openedAt,
    }));
    for (const values of slices(rows)) {
      const { numInsertedOrUpdatedRows } = await transaction
        .insertInto('kaas_intents')
        .values(values)
        .onConflict(c =>
          c
            .column('id')
            .doUpdateSet(e => ({ opened_at: e.ref('excluded.opened_at') }))
            .where(e =>
              e.and([
                e('kaas_intents.change', '=', e.ref('excluded.change')),
                e('kaas_intents.run_id', '=', e.ref('excluded.run_id')),
              ]),
            ),
        )
        .executeTakeFirst();
      invariant(Number(numInsertedOrUpdatedRows) === values.length, 'An intent is begun once.');
    }
  });
}

/** Oldest first. */
export async function openIntents(engine: Engine, { environment, landscape }: IntentScope): Promise<Intent[]> {
  let query = engine.db.selectFrom('kaas_intents').selectAll().orderBy('opened_at').orderBy('id');
  if (environment !== undefined) query = query.where('environment', '=', environment);
  if (landscape !== undefined)
    query = query.where('run_id', 'in', engine.db.selectFrom('kaas_runs').select('id').where('landscape', '=', landscape));
  const rows = await query.execute();
  return rows.map(row => ({
    id: row.id,
    runId: row.run_id,
    environment: row.environment,
    change: JSON.parse(row.change) as Intent['change'],
    openedAt: row.opened_at,
  }));
}
