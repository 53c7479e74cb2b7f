import { Fault } from '#model/fault.ts';
import { type Kept, keptText } from '#model/secret-store.ts';
import type { Secrets } from './secrets.ts';

interface Stores {
  secrets(store: string): Secrets;
}

/**
 * Of the places whose secrets are to go, those where none of the others stays: two SecretStore documents can lead to one place, as when one is given
 * another name, and to delete by the old name would lose what the new one has. A store that cannot be opened is known by its name alone.
 */
export async function apart<Place extends Kept>(
  stores: Stores,
  going: readonly Place[],
  staying: readonly Kept[],
): Promise<Place[]> {
  if (going.length === 0) return [];
  const addresses = async (places: readonly Kept[]) => Promise.all(places.map(place => addressOf(stores, place)));
  const kept = new Set(await addresses(staying));
  const left = await addresses(going);
  return going.filter((_place, index) => !kept.has(left[index] as string));
}

async function addressOf(stores: Stores, place: Kept): Promise<string> {
  try {
    return await stores.secrets(place.store).address(place.key);
  } catch (error) {
    if (error instanceof Fault) return keptText(place);
    throw error;
  }
}
