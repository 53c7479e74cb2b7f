import type { Change } from '#model/change.ts';
import type { Redacted } from '#model/redacted.ts';
import type { Kept } from '#model/secret-store.ts';
import type { ScramMechanism } from '#ports/kafka.ts';
import type { ClusterPorts, Difference } from '../kind.ts';

/** Beside a password that was rotated: the mechanism that it is under, and the next one until the brokers have it. */
export const mechanismKey = (key: string): string => `${key}.mechanism`;
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

/** The passwords at these places, each store read once. */
export async function passwordsAt(ports: ClusterPorts, wanted: readonly (Kept | undefined)[]) {
  const stores = Map.groupBy(
    wanted.filter(place => place !== undefined),
    place => place.store,
  );
  const found = new Map<string, Map<string, Redacted>>();
  for (const [store, own] of stores) found.set(store, await ports.secrets(store).getAll(own.map(place => place.key)));
  return (place: Kept | undefined): Redacted | undefined =>
    place === undefined ? undefined : found.get(place.store)?.get(place.key);
}
