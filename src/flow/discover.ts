import type { Kind, Live } from '#kinds/kind.ts';
import type { Manifested } from '#model/collapse.ts';
import type { Fact } from '#model/fact.ts';
import { isJsonObject, type JsonObject } from '#model/json.ts';
import type { Problem } from '#model/problem.ts';
import type { Composed } from './compose.ts';
import { defaultsFor, type Frame } from './frame.ts';
import type { Outside } from './outside.ts';
import { ownerOf } from './ownership.ts';
import { holdsName, readEnvironment, undeclared } from './read-environment.ts';
import type { LiveCluster } from './read-live.ts';

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
    const place = { composed, frame, cluster };
    return collapsed(outside, place, liveIn(outside, place));
  });
  const fallback = composed.spec.default ?? (logical.length === 1 ? logical[0] : undefined);
  return { found, clusters: logical, fallback, frame, problems };
}

interface Place {
  readonly composed: Composed;
  readonly frame: Frame;
  readonly cluster: LiveCluster;
}

type Seen = Discovered & { readonly remoteName: string };

/** What lives on one cluster, belongs to the environment and is not declared, each as a document of its own. The user that we are is nobody's. */
function liveIn(outside: Outside, { composed, frame, cluster }: Place): Seen[] {
  const holds = holdsName(composed, cluster.cluster.logical);
  const unprefixed = (name: string) => (name.startsWith(composed.prefix) ? name.slice(composed.prefix.length) : name);
  const configuredHere = composed.sharing.get(cluster.cluster.logical)?.configuredBy === composed.environment;
  const environment = frame.environments.find(each => each.name === composed.environment) as Frame['environments'][number];
  const ourselves = `User:${cluster.ports.kafka.user}`;
  return undeclared(composed, cluster).flatMap(({ kind: name, live }) => {
    const kind = outside.kinds.get(name) as Kind;
    const here =
      kind.remote?.clusterWide?.(live.remoteName) === true
        ? configuredHere
        : (kind.remote?.inScope?.(live.remoteName, holds) ?? holds(live.remoteName));
    const found = here && live.remoteName !== ourselves ? kind.remote?.toManifest?.(live, unprefixed) : undefined;
    if (found === undefined) return [];
    const defaults = kind.defaultsKey === undefined ? [] : defaultsFor(frame, environment, kind.defaultsKey);
    const manifest = defaults.reduce((each, { spec }) => ({ ...each, spec: held(each.spec, spec, live) }), found);
    const tenant = ownerIn(frame, kind, manifest);
    return [{ kind: name, ...manifest, tenant, cluster: cluster.cluster.logical, remoteName: live.remoteName }];
  });
}

/** What the landscape's defaults would set is written with the value that holds on the cluster: a document cannot say that nothing is set. */
function held(spec: JsonObject, defaults: JsonObject, live: Live, above: readonly string[] = []): JsonObject {
  const filled: JsonObject = { ...spec };
  for (const [key, value] of Object.entries(defaults)) {
    const path = [...above, key];
    const own = filled[key];
    const holds = live.fields[path.join('.')] ?? live.defaults[path.join('.')];
    if (isJsonObject(value)) filled[key] = held(isJsonObject(own) ? own : {}, value, live, path);
    else if (own === undefined && holds != null) filled[key] = holds;
  }
  return filled;
}

/** The same, where a kind that stands for others says it better. */
function collapsed(outside: Outside, { composed, frame, cluster }: Place, seen: readonly Seen[]): Discovered[] {
  const logical = cluster.cluster.logical;
  const here = [...composed.declared.filter(each => each.cluster === null || each.cluster === logical), ...seen];
  const byRemoteName = new Map(here.map(each => [`${each.kind}\t${each.remoteName}`, each]));
  const names = new Set(here.map(each => `${each.kind}\t${each.name}`));
  const kinds = [...outside.kinds.values()];
  const facts = [
    ...kinds.flatMap(kind => kind.builtInFacts ?? []),
    ...composed.declared.flatMap(each => outside.kinds.get(each.kind)?.facts?.(each) ?? []),
  ];
  let documents: Manifested[] = seen.map(({ kind, name, tenant, spec }) => ({ kind, name, tenant, spec }));
  for (const kind of kinds) {
    const result = kind.collapse?.(documents, {
      prefix: composed.prefix,
      facts: <Name extends Fact['fact']>(name: Name) =>
        facts.filter((fact): fact is Extract<Fact, { fact: Name }> => fact.fact === name),
      owner: (category, name) => ownerOf(frame, category, name),
      named: (of, remoteName) => byRemoteName.get(`${of}\t${remoteName}`),
      declared: (of, name) => names.has(`${of}\t${name}`),
    });
    if (result !== undefined) documents = [...documents.filter(each => !result.taken.has(each)), ...result.made];
  }
  return documents.map(each => ({ ...each, cluster: logical }));
}

/** The one tenant that owns every name which a document claims, and may write its kind. */
function ownerIn(frame: Frame, kind: Kind, manifest: { name: string; spec: JsonObject }): string | null {
  if (kind.writtenBy === 'platform') return null;
  const owned = kind.ownedNames?.({ ...manifest, tenant: null }) ?? [];
  const owners = new Set(owned.map(each => ownerOf(frame, each.category, each.name)));
  return owners.size === 1 ? ([...owners][0] ?? null) : null;
}
