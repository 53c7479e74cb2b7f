import type { Kind } from '#kinds/kind.ts';
import type { JsonObject } from '#model/json.ts';
import type { Problem } from '#model/problem.ts';
import type { Frame } from './frame.ts';
import type { Outside } from './outside.ts';
import { ownerOf } from './ownership.ts';
import { holdsName, readEnvironment, undeclared } from './read-environment.ts';

/** A live object as a document would declare it, and where it was seen. Names without prefix. */
export interface Discovered {
  readonly kind: string;
  readonly name: string;
  /** Who owns its names; null: nobody, or several. */
  readonly tenant: string | null;
  /** Logical cluster. */
  readonly cluster: string;
  readonly spec: JsonObject;
}

export interface Discovery {
  readonly found: readonly Discovered[];
  /** The environment's logical clusters and which of them holds documents that name none. */
  readonly clusters: readonly string[];
  readonly fallback: string | undefined;
  readonly frame: Frame | undefined;
  readonly problems: readonly Problem[];
}

/** Reads everything on an environment's clusters and says what no document declares yet. Writes nothing. */
export async function discover(outside: Outside, environment: string): Promise<Discovery> {
  const { checked, composed, clusters, problems } = await readEnvironment(outside, environment);
  const frame = checked.frame;
  if (frame === undefined || composed === undefined)
    return { found: [], clusters: [], fallback: undefined, frame, problems: checked.problems };
  const logical = composed.clusters.map(each => each.logical);
  const found = clusters.flatMap(cluster => {
    const holds = holdsName(composed, cluster.cluster.logical);
    const unprefixed = (name: string) => (name.startsWith(composed.prefix) ? name.slice(composed.prefix.length) : name);
    return undeclared(composed, cluster).flatMap(({ kind: kindName, live }) => {
      const kind = outside.kinds.get(kindName) as Kind;
      const here =
        kind.remote?.clusterWide?.(live.remoteName) === true
          ? composed.sharing.get(cluster.cluster.logical)?.configuredBy === environment
          : (kind.remote?.inScope?.(live.remoteName, holds) ?? holds(live.remoteName));
      if (!here) return [];
      const manifest = kind.remote?.toManifest?.(live, unprefixed);
      if (manifest === undefined) return [];
      return [{ kind: kindName, ...manifest, tenant: ownerIn(frame, kind, manifest), cluster: cluster.cluster.logical }];
    });
  });
  const fallback = composed.spec.default ?? (logical.length === 1 ? logical[0] : undefined);
  return { found, clusters: logical, fallback, frame, problems };
}

/** The one tenant that owns every name which a document claims, and may write its kind. */
function ownerIn(frame: Frame, kind: Kind, manifest: { name: string; spec: JsonObject }): string | null {
  if (kind.writtenBy === 'platform') return null;
  const owned = kind.ownedNames?.({ ...manifest, tenant: null }) ?? [];
  const owners = new Set(owned.map(each => ownerOf(frame, each.category, each.name)));
  return owners.size === 1 ? ([...owners][0] ?? null) : null;
}
