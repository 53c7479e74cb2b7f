import type { Change } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';
import { type Kept, mechanismKey } from '#model/secret-store.ts';
import type { ScramMechanism } from '#ports/kafka.ts';
import type { ClusterPorts, Difference, ProbeVerdict } from '../kind.ts';

/** Beside a password while a rotation is under way: the next one, until the brokers have it. */
export const nextKey = (key: string): string => `${key}.next`;
/** All keys that an account can have filled. */
export const keysOf = (key: string): string[] => [key, mechanismKey(key), nextKey(key)];
export const isReservedKey = (key: string): boolean => /\.(mechanism|next)$/.test(key);

/** The SCRAM user of a principal. */
export const userOf = (remoteName: string): string => remoteName.replace(/^User:/, '');

type Written = Pick<Change | Difference, 'fields'>;

/** The mechanisms that a change takes away (`from`), or makes or gives another password (`to`). */
export const mechanismsIn = ({ fields }: Written, side: 'from' | 'to'): ScramMechanism[] => [
  ...new Set(
    fields.flatMap(field => {
      if (field.path.startsWith('mechanism.') && field[side] === true)
        return [field.path.slice('mechanism.'.length) as ScramMechanism];
      return field.path === 'credential.mechanism' && side === 'to' ? [field.to as ScramMechanism] : [];
    }),
  ),
];

/** Is there no such store any more? What the ledger names may be gone from the landscape. */
export const isGone = (fault: unknown): boolean => fault instanceof Fault && fault.code === 'secrets/no-store';

/** The passwords at these places, each store read once. Of `former` places one in a store that is declared no more holds nothing that we could read. */
export async function passwordsAt(ports: ClusterPorts, wanted: readonly (Kept | undefined)[], former = false) {
  const stores = Map.groupBy(
    wanted.filter(place => place !== undefined),
    place => place.store,
  );
  const found = new Map<string, Map<string, Redacted>>();
  for (const [store, own] of stores) {
    const values = await keysAt(ports, store, own);
    if (values instanceof Map) found.set(store, values);
    else if (!former || !isGone(values)) throw values;
  }
  return (place: Kept | undefined): Redacted | undefined =>
    place === undefined ? undefined : found.get(place.store)?.get(place.key);
}

/** What a store has under these keys, or why it cannot be read. */
export async function keysAt(
  ports: ClusterPorts,
  store: string,
  places: readonly Kept[],
): Promise<Map<string, Redacted> | Fault> {
  try {
    return await ports.secrets(store).getAll(places.map(place => place.key));
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

/** Of the stores of these places those that cannot be read, and why. */
export async function closedStores(ports: ClusterPorts, places: readonly (Kept | undefined)[]): Promise<Map<string, Fault>> {
  const closed = new Map<string, Fault>();
  const known = places.filter(place => place !== undefined);
  for (const [store, own] of Map.groupBy(known, place => place.store)) {
    const found = await keysAt(ports, store, own);
    if (found instanceof Fault) closed.set(store, found);
  }
  return closed;
}

/** A store that cannot take the password now: said before anything is written, in the store's words. */
export const refusedBy = ({ code, message, remedy }: Fault): ProbeVerdict => ({
  probe: 'notProbed',
  impossible: [{ code, message: remedy === undefined ? message : `${message} ${remedy}` }],
});
