import { type Kysely, sql } from 'kysely';
import { Fault } from '#model/fault.ts';
import type { Engine } from './engine.ts';

/** The tables, column by column. Texts named `change`, `rest`, `summary`, `plan`, `outcome` and `data` hold JSON. */
export interface Tables {
  kaas_schema: { version: number };
  kaas_ledger: LedgerRow;
  kaas_pins: { cluster: string; cluster_id: string };
  kaas_runs: RunRow;
  kaas_intents: { id: string; run_id: string; environment: string; change: string; opened_at: string };
  kaas_outcomes: { intent_id: string; run_id: string; state: string; outcome: string };
  kaas_leases: { resource: string; holder: string; fence: number; expires_at: number };
  kaas_audit: { sequence: number; at: string; actor: string; event: string; data: string; hash: string };
}

export interface LedgerRow {
  landscape: string;
  environment: string;
  cluster: string;
  cluster_id: string;
  /** Empty for the platform: a key column cannot be null. */
  tenant: string;
  kind: string;
  name: string;
  remote_name: string;
  remote_id: string | null;
  rest: string;
}

export interface RunRow {
  id: string;
  landscape: string;
  environment: string;
  revision: string;
  plan_digest: string;
  actor: string;
  started_at: string;
  finished_at: string | null;
  summary: string;
  plan: string;
}

const identity = ['landscape', 'environment', 'cluster', 'cluster_id', 'tenant', 'kind', 'name'] as const;
/** The key of a ledger entry, in the order in which entries are listed. A document whose remote name changed owns two objects until the old one is settled. */
export const ledgerKey = [...identity, 'remote_name'] as const;

type Database = Kysely<Tables>;
/** One step per version, never edited once released: a further step is added below. */
const steps: readonly ((db: Database, text: ReturnType<typeof textType>) => Promise<void>)[] = [
  createTables,
  keyByRemoteName,
  listByCluster,
];

/** Byte order on both databases, so that lists come in one order everywhere. */
const textType = (postgres: boolean) => (postgres ? sql`text collate "C"` : sql`text`);

type Columns = Readonly<Record<string, '' | 'null' | 'integer'>>;
const ledgerColumns: Columns = {
  landscape: '',
  environment: '',
  cluster: '',
  cluster_id: '',
  tenant: '',
  kind: '',
  name: '',
  remote_name: '',
  remote_id: 'null',
  rest: '',
};

/** Makes tables; the constraint of the key is named after the table where it has no name of its own. */
const tablesOf =
  (db: Database, text: ReturnType<typeof textType>) =>
  async (name: keyof Tables, key: readonly string[], columns: Columns, constraint = `${name}_key`): Promise<void> => {
    let builder = db.schema.createTable(name);
    for (const [column, type] of Object.entries(columns))
      builder = builder.addColumn(column, type === 'integer' ? 'bigint' : text, c => (type === 'null' ? c : c.notNull()));
    await builder.addPrimaryKeyConstraint(constraint, key as never).execute();
  };

const indexLedger = (db: Database): Promise<void> =>
  db.schema.createIndex('kaas_ledger_cluster').on('kaas_ledger').columns(['cluster_id']).execute();

async function createTables(db: Database, text: ReturnType<typeof textType>): Promise<void> {
  const table = tablesOf(db, text);
  await table('kaas_ledger', identity, ledgerColumns);
  await indexLedger(db);
  await table('kaas_pins', ['cluster'], { cluster: '', cluster_id: '' });
  await table('kaas_runs', ['id'], {
    id: '',
    landscape: '',
    environment: '',
    revision: '',
    plan_digest: '',
    actor: '',
    started_at: '',
    finished_at: 'null',
    summary: '',
    plan: '',
  });
  await db.schema.createIndex('kaas_runs_latest').on('kaas_runs').columns(['environment', 'started_at']).execute();
  await table('kaas_intents', ['id'], { id: '', run_id: '', environment: '', change: '', opened_at: '' });
  await table('kaas_outcomes', ['intent_id'], { intent_id: '', run_id: '', state: '', outcome: '' });
  await db.schema.createIndex('kaas_outcomes_run').on('kaas_outcomes').columns(['run_id']).execute();
  await table('kaas_leases', ['resource'], { resource: '', holder: '', fence: 'integer', expires_at: 'integer' });
  await table('kaas_audit', ['sequence'], { sequence: 'integer', at: '', actor: '', event: '', data: '', hash: '' });
}

/** SQLite cannot change a key in place: the table is made anew. Postgres keeps the names of constraints apart, so the new key has another. */
async function keyByRemoteName(db: Database, text: ReturnType<typeof textType>): Promise<void> {
  await db.schema.alterTable('kaas_ledger').renameTo('kaas_ledger_1').execute();
  await tablesOf(db, text)('kaas_ledger', ledgerKey, ledgerColumns, 'kaas_ledger_key_2');
  const columns = sql.join(Object.keys(ledgerColumns).map(column => sql.ref(column)));
  await sql`insert into kaas_ledger (${columns}) select ${columns} from kaas_ledger_1`.execute(db);
  await db.schema.dropTable('kaas_ledger_1').execute();
  await indexLedger(db);
}

/** One cluster's entries stand in the index in the order in which they are listed, so that no database has to sort them. */
async function listByCluster(db: Database): Promise<void> {
  await db.schema.dropIndex('kaas_ledger_cluster').execute();
  const columns: (keyof LedgerRow)[] = ['cluster_id', ...ledgerKey.filter(column => column !== 'cluster_id')];
  await db.schema.createIndex('kaas_ledger_cluster').on('kaas_ledger').columns(columns).execute();
}

/** Makes the tables or brings them up to this version, one opener at a time; a database of a newer version is left alone (`store/newer-schema`). */
export async function migrate(engine: Engine, postgres: boolean): Promise<void> {
  await engine.db.transaction().execute(async transaction => {
    await engine.serialise(transaction, 'schema');
    await transaction.schema
      .createTable('kaas_schema')
      .ifNotExists()
      .addColumn('version', 'integer', c => c.notNull())
      .execute();
    const row = await transaction.selectFrom('kaas_schema').select('version').executeTakeFirst();
    const version = row?.version ?? 0;
    if (version > steps.length)
      throw new Fault(
        'store/newer-schema',
        `The store has schema version ${version}; this kaas knows versions up to ${steps.length}.`,
        {
          remedy: 'Use the kaas version that last wrote to this store, or a newer one.',
        },
      );
    for (const step of steps.slice(version)) await step(transaction, textType(postgres));
    if (row === undefined) await transaction.insertInto('kaas_schema').values({ version: steps.length }).execute();
    else if (version < steps.length) await transaction.updateTable('kaas_schema').set({ version: steps.length }).execute();
  });
}
