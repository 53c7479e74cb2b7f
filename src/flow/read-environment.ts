import type { Live } from '#kinds/kind.ts';
import type { Problem } from '#model/problem.ts';
import type { Composed } from './compose.ts';
import { type Checked, check } from './flow.ts';
import type { Outside } from './outside.ts';
import { type LiveCluster, readLive } from './read-live.ts';

export interface LiveEnvironment {
  readonly checked: Checked;
  readonly composed: Composed | undefined;
  readonly clusters: readonly LiveCluster[];
  /** Clusters, or what stands beside them, that could not be read. */
  readonly problems: readonly Problem[];
}

/** Everything of these kinds (all without names) that lives on an environment's clusters, foreign objects included, in full. */
export async function readEnvironment(
  outside: Outside,
  environment: string,
  kinds?: readonly string[],
): Promise<LiveEnvironment> {
  const checked = await check(outside, [environment]);
  const composed = checked.environments[0];
  if (checked.frame === undefined || composed === undefined)
    return { checked, composed, clusters: [], problems: checked.problems };
  const frame = checked.frame;
  const store = await outside.store(frame.landscape.spec);
  const read = await Promise.all(
    composed.clusters.map(cluster =>
      readLive(outside, store, {
        environment,
        landscape: frame.landscape.name,
        cluster,
        desired: composed.resources.filter(resource => resource.cluster === cluster.logical),
        kinds: [...outside.kinds.values()].filter(kind => kinds?.includes(kind.name) ?? true),
        depth: 'all',
        foreign: true,
        stores: frame.stores.get(composed.environment),
      }),
    ),
  );
  const clusters = read.filter((each): each is LiveCluster => !('code' in each));
  const problems = [
    ...read.filter((each): each is Problem => 'code' in each),
    ...clusters.flatMap(each => each.unread.map(part => part.problem)),
  ];
  return { checked, composed, clusters, problems };
}

/** Live objects that no document of this environment declares. */
export function undeclared(composed: Composed, cluster: LiveCluster): { kind: string; live: Live }[] {
  const declared = new Set(
    composed.resources.filter(each => each.cluster === cluster.cluster.logical).map(each => `${each.kind}\t${each.remoteName}`),
  );
  return [...cluster.live].flatMap(([kind, found]) =>
    [...found.values()].filter(live => !declared.has(`${kind}\t${live.remoteName}`)).map(live => ({ kind, live })),
  );
}

/** Is a name (with prefix) this environment's on a cluster: its own prefix, and no sibling's longer one? */
export function holdsName(composed: Composed, logical: string): (name: string) => boolean {
  const longer = (composed.sharing.get(logical)?.siblings ?? []).filter(
    prefix => prefix.length > composed.prefix.length && prefix.startsWith(composed.prefix),
  );
  return name => name.startsWith(composed.prefix) && !longer.some(prefix => name.startsWith(prefix));
}
