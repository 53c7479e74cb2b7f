import { isJsonObject, type Json } from '#model/json.ts';
import type { Referred, Resource } from '#model/resource.ts';
import { secretsIn } from '#model/secret-looking.ts';
import { keptIn } from '#model/secret-store.ts';
import type { KindRegistry } from './load.ts';

/** What makes the secrets that a resource names: `${secret.STORE.KEY}` of an account's own password refers to that account, of a sealed one to its Secret, also of an entry of it. */
export function secretMakers(resources: readonly Resource[], kinds: KindRegistry): (resource: Resource) => Referred[] {
  let makers: Map<string, Referred> | undefined;
  return resource => {
    const secrets = secretsBelow(resource.spec);
    if (secrets.length === 0) return [];
    makers ??= new Map(resources.flatMap(each => credentialsOf(each, kinds)));
    const found = secrets.flatMap(secret => makerOf(makers as Map<string, Referred>, secret) ?? []);
    return [...new Set(found)].filter(each => each.cluster === null || each.cluster === resource.cluster);
  };
}

/** An entry of a secret with several values stands below its key. */
function makerOf(makers: ReadonlyMap<string, Referred>, secret: string): Referred | undefined {
  for (let place = secret; ; place = place.slice(0, place.lastIndexOf('/'))) {
    const found = makers.get(place);
    if (found !== undefined && (place === secret || found.kind !== 'ServiceAccount')) return found;
    if (!place.includes('/')) return undefined;
  }
}

function credentialsOf(resource: Resource, kinds: KindRegistry): [string, Referred][] {
  const { cluster, tenant, kind, name, remoteName } = resource;
  return (kinds.get(kind)?.facts?.(resource) ?? []).flatMap(fact => {
    const place = fact.fact === 'account' ? fact.credential : fact.fact === 'secret' ? fact.place : undefined;
    return place === undefined ? [] : [[variableOf(place), { cluster, tenant, kind, name, remoteName }] as [string, Referred]];
  });
}

/** What stands between the braces of `${secret.…}`: the store by its plain name, and the key. */
function variableOf(credential: string): string {
  const kept = keptIn(credential);
  return kept === undefined ? credential : `${kept.store.slice(kept.store.indexOf('/') + 1)}.${kept.key}`;
}

function secretsBelow(value: Json): string[] {
  if (typeof value === 'string') return value.includes('${secret.') ? secretsIn(value) : [];
  if (Array.isArray(value)) return value.flatMap(secretsBelow);
  return isJsonObject(value) ? Object.values(value).flatMap(secretsBelow) : [];
}
