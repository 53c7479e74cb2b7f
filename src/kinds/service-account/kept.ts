import type { Change } from '#model/change.ts';
import type { Fault } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';
import { type Kept, mechanismKey } from '#model/secret-store.ts';
import type { ScramMechanism } from '#ports/kafka.ts';
import { type Reading, reading } from '#ports/refused-keys.ts';
import type { ClusterPorts, Difference, ProbeVerdict } from '../kind.ts';

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
export const isGone = (fault: Fault): boolean => fault.code === 'secrets/no-store';

/** What stands at these places, each store read once. */
export async function readingAt(ports: ClusterPorts, wanted: readonly (Kept | undefined)[]) {
  const places = wanted.filter(place => place !== undefined);
  const readings = new Map<string, Reading>();
  for (const [store, own] of Map.groupBy(places, place => place.store))
    readings.set(store, await reading(async () => ports.secrets(store).getAll(own.map(place => place.key))));
  const at = (place: Kept | undefined) => (place === undefined ? undefined : readings.get(place.store));
  return {
    password: (place: Kept | undefined): Redacted | undefined => at(place)?.values.get(place?.key ?? ''),
    /** Why it could not be read. */
    fault: (place: Kept | undefined): Fault | undefined => at(place)?.faultAt(place?.key ?? ''),
  };
}

/** Why its store has no name for what stands beside a password: a key can fit where the longer one of its mechanism does not. Asks nobody. */
export async function misfit(ports: ClusterPorts, { store, key }: Kept): Promise<Fault | undefined> {
  const asked = await reading(async () => {
    await ports.secrets(store).address(mechanismKey(key));
    return new Map();
  });
  return asked.faultAt(key);
}

/** A store that cannot take the password now: said before anything is written, in the store's words. */
export const refusedBy = ({ code, message, remedy }: Fault): ProbeVerdict => ({
  probe: 'notProbed',
  impossible: [{ code, message: remedy === undefined ? message : `${message} ${remedy}` }],
});
