import type { Change, Outcome } from '#model/change.ts';
import type { Fault } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';
import { type Kept, keptIn, keptText } from '#model/secret-store.ts';
import { apart } from '#ports/apart.ts';
import { despiteRefusals } from '#ports/refused-keys.ts';
import type { ClusterPorts } from '../kind.ts';
import { reasons } from './problems.ts';
import { isGone, keyAt, opened, valuePaths } from './via-stores.ts';

/** Puts new values before it takes old keys away; each store is written once for each. A store that fails costs its own changes. */
export async function apply(ports: ClusterPorts, changes: readonly Change[]): Promise<Outcome[]> {
  const outcomes = new Map<Change, Outcome>();
  const puts = changes.flatMap(change => {
    const values = valuesFor(ports, change);
    if (values === undefined) outcomes.set(change, notOpened);
    if (values === undefined || values.size === 0) return [];
    const kept = keptIn(change.owned.kept) as Kept;
    const byKey = new Map([...values].map(([path, value]) => [keyAt(kept.key, path), value]));
    return [{ change, store: kept.store, keys: [...byKey.keys()], byKey }];
  });
  await eachStore(puts, outcomes, (store, own) => ports.secrets(store).putAll(new Map(own.flatMap(each => [...each.byKey]))));
  const gone = changes.flatMap(change => {
    const left =
      change.fields.find(field => field.path === 'kept')?.from ?? (change.action === 'create' ? undefined : change.owned.kept);
    const kept = keptIn(left);
    const moved = left !== change.owned.kept;
    const paths = change.fields.filter(({ path, from, to }) => path !== 'kept' && from !== null && (moved || to === null));
    if (kept === undefined || isKeptByAnother(ports, change, kept)) return [];
    return paths.map(({ path }) => {
      const key = keyAt(kept.key, path);
      return { change, store: kept.store, key, keys: [key] };
    });
  });
  await eachStore(await apart(ports, gone, stayingIn(ports)), outcomes, (store, own) =>
    ports.secrets(store).deleteAll(own.map(each => each.key)),
  );
  return changes.map(change => outcomes.get(change) ?? { state: 'applied' });
}

/** A document that calls its store by another name now (`v`, `shop/v`) is another resource with the same key. */
const isKeptByAnother = (ports: ClusterPorts, change: Change, kept: Kept): boolean =>
  [...(opened.get(ports) ?? [])].some(([name, each]) => name !== change.remoteName && keptText(each.kept) === keptText(kept));

/** Every key that a declared secret has, by the store of its document. */
const stayingIn = (ports: ClusterPorts): Kept[] =>
  [...(opened.get(ports)?.values() ?? [])].flatMap(({ kept, ...each }) =>
    each.fields === undefined ? [kept] : valuePaths(each.fields).map(path => ({ store: kept.store, key: keyAt(kept.key, path) })),
  );

const notOpened: Outcome = {
  state: 'failed',
  code: reasons.notOpened,
  message: 'It was not opened as it was planned. Plan again.',
};

async function eachStore<Item extends { readonly change: Change; readonly store: string; readonly keys: readonly string[] }>(
  items: readonly Item[],
  outcomes: Map<Change, Outcome>,
  write: (store: string, own: readonly Item[]) => Promise<void>,
): Promise<void> {
  const open = items.filter(({ change }) => !outcomes.has(change));
  for (const [store, own] of Map.groupBy(open, each => each.store))
    for (const [{ change }, fault] of await despiteRefusals(
      own,
      each => each.keys,
      part => write(store, part),
    ))
      outcomes.set(change, outcomeOf(fault));
}

/** A store that no document declares any more keeps what it has, and nobody waits for it. */
const outcomeOf = (fault: Fault): Outcome =>
  isGone(fault) ? { state: 'applied', message: fault.message } : { state: 'failed', code: fault.code, message: fault.message };

/** The values that a change asks for, by field; undefined where what was opened is not what was planned. */
function valuesFor(ports: ClusterPorts, change: Change): Map<string, Redacted> | undefined {
  const { fields, values } = opened.get(ports)?.get(change.remoteName) ?? {};
  const found = new Map<string, Redacted>();
  for (const { path, to } of change.fields) {
    if (to === null || path === 'kept') continue;
    if (fields?.[path] !== to) return undefined;
    found.set(path, values?.get(path === 'value' ? '' : path.slice('value.'.length)) as Redacted);
  }
  return found;
}
