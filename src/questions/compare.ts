import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type { Resource } from '#model/resource.ts';

export interface ComparedField {
  readonly path: string;
  /** Null: not set there. */
  readonly from: Json;
  readonly to: Json;
}

export interface Compared {
  readonly cluster: string | null;
  readonly tenant: string | null;
  readonly kind: string;
  readonly name: string;
  /** Which of the two has it, where the other lacks it. */
  readonly onlyIn?: string;
  readonly fields: readonly ComparedField[];
}

export interface Side {
  readonly environment: string;
  readonly prefix: string;
  readonly resources: readonly Resource[];
}

/** What two environments differ in. Prefixes are discounted: a name that differs by them alone is the same. Sorted, so deterministic. */
export function compareEnvironments(left: Side, right: Side): Compared[] {
  const [a, b] = [byIdentity(left), byIdentity(right)];
  const found: Compared[] = [];
  for (const key of [...new Set([...a.keys(), ...b.keys()])].toSorted()) {
    const [here, there] = [a.get(key), b.get(key)];
    const { cluster, tenant, kind, name } = (here ?? there) as Resource;
    const identity = { cluster, tenant, kind, name };
    if (here === undefined || there === undefined)
      found.push({ ...identity, onlyIn: here === undefined ? right.environment : left.environment, fields: [] });
    else {
      const fields = [
        ...differing(metadataOf(here), metadataOf(there), ['metadata']),
        ...differing(unprefixed(here.spec, left.prefix), unprefixed(there.spec, right.prefix), []),
      ];
      if (fields.length > 0) found.push({ ...identity, fields });
    }
  }
  return found;
}

/** What a patch can change besides the spec. */
const metadataOf = ({ labels, annotations, managed, protected: kept }: Resource): JsonObject => ({
  labels,
  annotations,
  managed,
  protected: kept,
});

const byIdentity = (side: Side): Map<string, Resource> =>
  new Map(side.resources.map(each => [`${each.cluster}\t${each.tenant ?? ''}\t${each.kind}\t${each.name}`, each]));

function unprefixed(value: Json, prefix: string): Json {
  if (prefix === '') return value;
  if (typeof value === 'string') return value.startsWith(prefix) ? value.slice(prefix.length) : value;
  if (Array.isArray(value)) return value.map(item => unprefixed(item, prefix));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unprefixed(member, prefix)]));
}

function differing(from: Json, to: Json, path: readonly string[]): ComparedField[] {
  if (isJsonObject(from) && isJsonObject(to))
    return [...new Set([...Object.keys(from), ...Object.keys(to)])]
      .toSorted()
      .flatMap(key => differing(from[key] ?? null, to[key] ?? null, [...path, key]));
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path: path.join('.'), from, to }];
}
