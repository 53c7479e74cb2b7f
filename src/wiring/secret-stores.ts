import { join, resolve } from 'node:path';
import { Fault } from '#model/fault.ts';
import type { SecretReference } from '#model/redacted.ts';
import { localStore, type SecretStoreSpec, type SecretStores } from '#model/secret-store.ts';
import type { RequestCounts } from '#ports/connection.ts';
import type { Secrets } from '#ports/secrets.ts';
import type { ReadSecret } from './connections.ts';
import { openStore } from './open-secret-store.ts';

export interface StoreSurroundings {
  /** The landscape's root. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is opened is closed with it. */
  readonly stack: AsyncDisposableStack;
  /** Hears of the requests of everything that is opened. */
  readonly counted: RequestCounts[];
  /** Stores in memory, nothing outside is touched. */
  readonly offline: boolean;
}

/** The secrets of one environment. */
export interface EnvironmentSecrets {
  /** By `storeName`; a plain name that only one tenant's store has will do. Throws `secrets/no-store`. Nothing is opened before it is used. */
  named(name: string): Secrets;
  read: ReadSecret;
}

/** Opens the secret stores of a landscape, each once however many environments declare it so. */
export function secretStores(around: StoreSurroundings): (declared?: SecretStores) => EnvironmentSecrets {
  const opened = new Map<string, Secrets>();
  const environments = new Map<string, EnvironmentSecrets>();
  const once = (name: string, spec: SecretStoreSpec, read: ReadSecret): Secrets => {
    const key = JSON.stringify([name, spec]);
    const found = opened.get(key) ?? lazy(() => openStore(name, spec, { ...around, read }));
    opened.set(key, found);
    return found;
  };
  return (declared = new Map()) => {
    const identity = JSON.stringify([...declared]);
    const known = environments.get(identity);
    if (known !== undefined) return known;
    const named = (name: string): Secrets => {
      if (name === localStore) return once(name, { type: 'local' }, read);
      const ends = [...declared.keys()].filter(each => each.endsWith(`/${name}`));
      const plain = name.replace(/^platform\//, '');
      const found = [name, plain].find(each => declared.has(each)) ?? (ends.length === 1 ? (ends[0] as string) : undefined);
      const spec = found === undefined ? undefined : declared.get(found);
      if (found !== undefined && spec !== undefined) return once(found, spec, read);
      throw new Fault('secrets/no-store', `There is no secret store \`${name}\` here.`, {
        remedy: `Stores: ${[localStore, ...declared.keys()].toSorted().join(', ')}. A SecretStore document declares one.`,
      });
    };
    const read: ReadSecret = async (reference: SecretReference) => {
      const { readSecret } = await import('#targets/secrets/read-reference.ts');
      return readSecret(reference, { env: around.env, root: around.root, store: named });
    };
    const made = { named, read };
    environments.set(identity, made);
    return made;
  };
}

/** A store that is opened by its first call; one that could not be opened is tried again by the next. */
function lazy(open: () => Promise<Secrets>): Secrets {
  let opening: Promise<Secrets> | undefined;
  const opened = () => {
    opening ??= open().catch(error => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    get: async key => (await opened()).get(key),
    getAll: async keys => (await opened()).getAll(keys),
    put: async (key, value) => (await opened()).put(key, value),
    putAll: async (values, uses) => (await opened()).putAll(values, uses),
    deleteAll: async keys => (await opened()).deleteAll(keys),
    keys: async () => (await opened()).keys(),
    place: async key => (await opened()).place(key),
    address: async key => (await opened()).address(key),
    examine: async () => (await opened()).examine(),
  };
}

/** Where `.kaas` of a landscape keeps the store `local`, or the file that a document names. */
export const localFiles = (root: string, file: string | undefined) => ({
  directory: join(root, '.kaas'),
  ...(file === undefined ? {} : { file: resolve(root, file) }),
});
