import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import { apiVersion } from '#model/manifest.ts';
import { formatDocuments } from './format-documents.ts';

/** What lives on a cluster and is not declared. */
export interface Found {
  readonly kind: string;
  readonly name: string;
  readonly tenant: string | null;
  readonly cluster: string;
  readonly spec: JsonObject;
}

export interface Placing {
  readonly environment: string;
  /** The logical cluster of a tenant's documents that name none. */
  readonly clusterOf: (tenant: string | null) => string | undefined;
}

/**
 * Documents for what was found, by file: under `environments/ENV/` of the tenant that owns the name, else under the platform's `unassigned/`.
 * One document per name with `$patch: create`; where its clusters differ, patches that select them.
 */
export function importFiles(found: readonly Found[], placing: Placing): Map<string, string> {
  const files = new Map<string, object[]>();
  const byName = Map.groupBy(found, each => `${each.tenant ?? ''}\t${each.kind}\t${each.name}`);
  for (const key of [...byName.keys()].toSorted()) {
    const same = (byName.get(key) as Found[]).toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1));
    const first = same[0] as Found;
    const folder = first.tenant === null ? 'platform' : `tenants/${first.tenant}`;
    const unassigned = first.tenant === null ? 'unassigned/' : '';
    const file = `${folder}/environments/${placing.environment}/${unassigned}imported-${first.kind.toLowerCase()}.yaml`;
    files.set(file, [...(files.get(file) ?? []), ...documentsOf(same, placing)]);
  }
  return new Map([...files].map(([file, documents]) => [file, formatDocuments(documents)]));
}

function documentsOf(same: readonly Found[], placing: Placing): object[] {
  const [first, ...others] = same as [Found, ...Found[]];
  const clusters = same.map(each => each.cluster);
  const implied = clusters.length === 1 && placing.clusterOf(first.tenant) === first.cluster;
  const document = (extra: object, metadata: object, spec: JsonObject) => ({
    apiVersion,
    kind: first.kind,
    ...extra,
    metadata: { name: first.name, ...metadata },
    spec,
  });
  return [
    document({ $patch: 'create' }, implied ? {} : { clusters }, first.spec),
    ...others.flatMap(each => {
      const patch = patchBetween(first.spec, each.spec);
      return Object.keys(patch).length === 0 ? [] : [document({}, { clusters: [each.cluster] }, patch)];
    }),
  ];
}

/** The RFC 7386 merge patch that turns one into the other. */
export function patchBetween(from: JsonObject, to: JsonObject): JsonObject {
  const patch: Record<string, Json> = {};
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [a, b] = [from[key], to[key]];
    if (b === undefined) patch[key] = null;
    else if (isJsonObject(a) && isJsonObject(b)) {
      const inner = patchBetween(a, b);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (JSON.stringify(a) !== JSON.stringify(b)) patch[key] = b;
  }
  return patch;
}
