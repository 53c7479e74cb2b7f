import type { Reason } from '#model/change.ts';
import { documentName } from '#model/document-name.ts';
import type { JsonObject } from '#model/json.ts';
import type { Imported, Live } from '../kind.ts';
import { unreachable } from './problems.ts';

const minInsync = 'min.insync.replicas';

/** A document for a topic with all that is set on it, but for a `min.insync.replicas` that its replicas cannot reach: no document may ask for that. */
export function toManifest(live: Live, unprefixed: (name: string) => string): Imported {
  const spec = { partitions: Number(live.fields.partitions), replicationFactor: Number(live.fields.replicationFactor) };
  const set = Object.entries(live.fields).flatMap(([path, value]) =>
    path.startsWith('config.') && value !== null ? [[path.slice('config.'.length), value] as const] : [],
  );
  const config = Object.fromEntries(set.filter(([key, value]) => key !== minInsync || Number(value) <= spec.replicationFactor));
  const plainName = unprefixed(live.remoteName);
  const name = documentName(plainName);
  return {
    name,
    spec: {
      ...(name === plainName ? {} : { name: plainName }),
      ...spec,
      ...(Object.keys(config).length === 0 ? {} : { config }),
    },
    ...(Object.keys(config).length === set.length ? {} : { lacks: [unreachable] }),
  };
}

/** A landscape's default may bring the same value back. */
export function unsayable(spec: JsonObject): Reason | undefined {
  const { config, replicationFactor } = spec as { config?: Record<string, unknown>; replicationFactor: number };
  return Number(config?.[minInsync] ?? 0) > replicationFactor ? unreachable : undefined;
}
