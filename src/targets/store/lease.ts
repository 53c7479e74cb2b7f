import { sql } from 'kysely';
import { Fault } from '#model/fault.ts';
import { invariant } from '#model/invariant.ts';
import type { Lease } from '#ports/store.ts';
import { type Engine, translated } from './engine.ts';

interface Holding {
  readonly resource: string;
  readonly holder: string;
  readonly ttlMs: number;
}

/**
 * Takes the lease when it is free or has run out. The counter `fence` grows with each holder, so that a holder that was paused
 * recognises its successor even when that one has left again.
 */
export async function acquireLease(engine: Engine, holding: Holding): Promise<Lease> {
  const { resource, holder, ttlMs } = holding;
  const taken = await engine.db
    .insertInto('kaas_leases')
    .values({ resource, holder, fence: 1, expires_at: sql<number>`${engine.now()} + ${sql.lit(ttlMs)}` })
    .onConflict(c =>
      c
        .column('resource')
        .doUpdateSet(e => ({
          holder: e.ref('excluded.holder'),
          fence: sql<number>`kaas_leases.fence + 1`,
          expires_at: e.ref('excluded.expires_at'),
        }))
        .where('kaas_leases.expires_at', '<=', engine.now()),
    )
    .returning('fence')
    .executeTakeFirst();
  if (taken === undefined) throw await leased(engine, resource);
  return new HeldLease(engine, holding, Number(taken.fence));
}

async function leased(engine: Engine, resource: string): Promise<Fault> {
  const row = await engine.db.selectFrom('kaas_leases').selectAll().where('resource', '=', resource).executeTakeFirst();
  const until = new Date(Number(row?.expires_at ?? 0)).toISOString();
  return new Fault('store/leased', `${resource} is held by ${row?.holder || 'somebody else'} until ${until}.`, {
    retry: 'later',
    remedy: 'Wait until it is done. A lease whose holder has died runs out at the time given.',
  });
}

class HeldLease implements Lease {
  readonly #engine: Engine;
  readonly #holding: Holding;
  readonly #fence: number;
  #released = false;

  constructor(engine: Engine, holding: Holding, fence: number) {
    this.#engine = engine;
    this.#holding = holding;
    this.#fence = fence;
  }

  async check(): Promise<void> {
    invariant(!this.#released, 'A lease is not used after it was released.');
    const { resource, ttlMs } = this.#holding;
    const renewed = await this.#update(sql<number>`${this.#engine.now()} + ${sql.lit(ttlMs)}`);
    if (renewed) return;
    const row = await this.#engine.db
      .selectFrom('kaas_leases')
      .select('holder')
      .where('resource', '=', resource)
      .executeTakeFirst();
    throw new Fault('store/lease-lost', `${resource} was taken over by ${row?.holder || 'somebody who has left again'}.`, {
      remedy: 'Nothing more is written. Plan again: the other writer may have changed what this plan rests on.',
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#update(sql<number>`0`);
  }

  async #update(expiresAt: ReturnType<typeof sql<number>>): Promise<boolean> {
    const { resource } = this.#holding;
    const { numUpdatedRows } = await translated(this.#engine, () =>
      this.#engine.db
        .updateTable('kaas_leases')
        .set({ expires_at: expiresAt })
        .where('resource', '=', resource)
        .where('fence', '=', this.#fence)
        .executeTakeFirst(),
    );
    return numUpdatedRows === 1n;
  }
}
