import { isJsonObject, type Json } from '#model/json.ts';
import type { Referred, Resource } from '#model/resource.ts';
import { secretsIn } from '#model/secret-looking.ts';
import { keptIn, mechanismKey } from '#model/secret-store.ts';
import type { KindRegistry } from './load.ts';
import { platform } from './references.ts';

/**
 * What makes the secrets that a spec names: `${secret.STORE.KEY}` of an account's own password refers to that account, of a sealed one to its Secret, also
 * of an entry of it, whichever cluster they are of; each says which of them it `makes`. The spec names tenants' stores in full (`namingStores`), as `inFull` does for those who make them.
 */
export function secretMakers(
  resources: readonly Resource[],
  kinds: KindRegistry,
  inFull: (store: string, tenant: string | null) => string,
): (resource: Pick<Resource, 'spec'>) => Referred[] {
  let makers: Map<string, Maker> | undefined;
  return resource => {
    const secrets = secretsBelow(resource.spec);
    if (secrets.length === 0) return [];
    makers ??= new Map(resources.flatMap(each => credentialsOf(each, kinds, inFull)));
    const found = Map.groupBy(new Set(secrets), secret => makerOf(makers as Map<string, Maker>, plain(secret)));
    return [...found].flatMap(([maker, makes]) => (maker === undefined ? [] : [{ ...maker, makes }]));
  };
}

interface Maker {
  readonly maker: Referred;
  /** Whatever stands below its key may be made by it: only opening it tells. */
  readonly opens: boolean;
}

/** The platform's stores are named without its name. */
export const plain = (secret: string): string => (secret.startsWith(`${platform}/`) ? secret.slice(platform.length + 1) : secret);

/** An entry of a secret with several values stands below its key. */
function makerOf(makers: ReadonlyMap<string, Maker>, secret: string): Referred | undefined {
  for (let place = secret; ; place = place.slice(0, place.lastIndexOf('/'))) {
    const found = makers.get(place);
    if (found !== undefined && (place === secret || found.opens)) return found.maker;
    if (!place.includes('/')) return undefined;
  }
}

/** By what stands between the braces of `${secret.…}`: the store in full, and the key. */
function credentialsOf(
  resource: Resource,
  kinds: KindRegistry,
  inFull: (store: string, tenant: string | null) => string,
): [string, Maker][] {
  const { cluster, tenant, kind, name, remoteName } = resource;
  const maker: Referred = { cluster, tenant, kind, name, remoteName };
  return (kinds.get(kind)?.facts?.(resource) ?? []).flatMap(fact => {
    const kept = keptIn(fact.fact === 'account' ? fact.credential : fact.fact === 'secret' ? fact.place : undefined);
    if (kept === undefined) return [];
    const keys =
      fact.fact === 'secret'
        ? (fact.entries ?? ['']).map(entry => (entry === '' ? kept.key : `${kept.key}/${entry}`))
        : [kept.key, mechanismKey(kept.key)];
    const opens = fact.fact === 'secret' && fact.entries === undefined;
    return keys.map(key => [`${inFull(kept.store, tenant)}.${key}`, { maker, opens }] as [string, Maker]);
  });
}

/** What stands between the braces of every `${secret.…}` in a value and below it. */
export function secretsBelow(value: Json): string[] {
  if (typeof value === 'string') return value.includes('${secret.') ? secretsIn(value) : [];
  if (Array.isArray(value)) return value.flatMap(secretsBelow);
  return isJsonObject(value) ? Object.values(value).flatMap(secretsBelow) : [];
}
