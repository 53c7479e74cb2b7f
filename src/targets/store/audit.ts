import { createHash } from 'node:crypto';
import { canonicalJson } from '#model/json.ts';
import type { AuditEntry } from '#ports/store.ts';
import { type Engine, slices } from './engine.ts';
import { canonicalStoredJson } from './stored-json.ts';

/** The link of an entry to all before it: SHA-256, in hex, of the previous link (empty for the first) and the entry's canonical JSON. */
export const auditLink = (previous: string, entry: AuditEntry): string =>
  createHash('sha256')
    .update(previous + canonicalJson(entry))
    .digest('hex');

/** Numbered without gaps in the order in which they commit. */
export async function appendAudit(engine: Engine, entries: readonly Omit<AuditEntry, 'sequence'>[]): Promise<void> {
  if (entries.length === 0) return;
  const texts = entries.map(entry => canonicalStoredJson(entry.data));
  await engine.db.transaction().execute(async transaction => {
    await engine.serialise(transaction, 'audit');
    const last = await transaction
      .selectFrom('kaas_audit')
      .select(['sequence', 'hash'])
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    let sequence = Number(last?.sequence ?? 0);
    let hash = last?.hash ?? '';
    const rows = entries.map(({ at, actor, event }, index) => {
      sequence += 1;
      const data = texts[index] as string;
      hash = auditLink(hash, { sequence, at, actor, event, data: JSON.parse(data) as unknown });
      return { sequence, at, actor, event, data, hash };
    });
    for (const values of slices(rows)) await transaction.insertInto('kaas_audit').values(values).execute();
  });
}

/** In their order, those with a sequence above `after`. */
export async function readAudit(engine: Engine, range: { after?: number; limit?: number }): Promise<AuditEntry[]> {
  let query = engine.db.selectFrom('kaas_audit').select(['sequence', 'at', 'actor', 'event', 'data']).orderBy('sequence');
  if (range.after !== undefined) query = query.where('sequence', '>', range.after);
  if (range.limit !== undefined) query = query.limit(range.limit);
  const rows = await query.execute();
  return rows.map(row => ({ ...row, sequence: Number(row.sequence), data: JSON.parse(row.data) as unknown }));
}
