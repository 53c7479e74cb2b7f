import type { Imported, Kind, Live } from '#kinds/kind.ts';
import type { Fields, Reason } from '#model/change.ts';
import type { Manifested } from '#model/collapse.ts';
import type { Fact } from '#model/fact.ts';
import { isJsonObject, type JsonObject } from '#model/json.ts';
import type { LeftOut } from '#model/left-out.ts';
import type { Problem } from '#model/problem.ts';
import type { Redacted } from '#model/redacted.ts';
import type { Composed } from './compose.ts';
import { defaultsFor, type Frame } from './frame.ts';
import { withOwnSecrets } from './imported-secrets.ts';
import { configuredElsewhere, notOurs } from './not-ours.ts';
import type { Outside } from './outside.ts';
import { ownerOf } from './ownership.ts';
import { readEnvironment, undeclared } from './read-environment.ts';
import type { LiveCluster } from './read-live.ts';
import { readsAsVariable } from './variables.ts';

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

/** What is set on a cluster and stands in no document, as an addition to the one that declares the cluster. */
export interface Added {
  readonly kind: string;
  /** Its `metadata.name`. */
  readonly name: string;
  /** The file that it stands in. */
  readonly file: string;
  readonly spec: JsonObject;
}

export interface Discovery {
  readonly found: readonly Discovered[];
  readonly added: readonly Added[];
  /** What lives here and is not in `found`, or not whole. */
  readonly left: readonly LeftOut[];
  /** What could not be listed, so that nothing is known of it. */
  readonly unlisted: readonly Omit<LeftOut, 'name'>[];
  /** The environment's logical clusters and which of them holds documents that name none. */
  readonly clusters: readonly string[];
  readonly fallback: string | undefined;
  readonly frame: Frame | undefined;
  readonly problems: readonly Problem[];
  /** Values that the documents name as `${secret.local.KEY}`, by key. They go to the store before a document does. */
  readonly secrets: ReadonlyMap<string, Redacted>;
}

/** Reads everything on an environment's clusters and says what no document declares yet, and what of it no document will. Writes nothing. */
export async function discover(outside: Outside, environment: string): Promise<Discovery> {
  const { checked, composed, clusters, problems } = await readEnvironment(outside, environment);
  const frame = checked.frame;
  const left: LeftOut[] = [];
  const secrets = new Map<string, Redacted>();
  if (frame === undefined || composed === undefined)
    return {
      found: [],
      added: [],
      left,
      unlisted: [],
      clusters: [],
      fallback: undefined,
      frame,
      problems: checked.problems,
      secrets,
    };
  const logical = composed.clusters.map(each => each.logical);
  const places = clusters.map(cluster => ({ composed, frame, cluster, left, secrets }));
  const seen = places.map(place => liveIn(outside, place));
  const found = places.flatMap((place, index) =>
    collapsed(outside, place, { here: seen[index] as Seen[], anywhere: seen.flat() }),
  );
  const added = places.flatMap(place => additionsIn(outside, place));
  const unlisted = (await Promise.all(places.map(place => unlistedOn(outside, place.cluster)))).flat();
  const fallback = composed.spec.default ?? (logical.length === 1 ? logical[0] : undefined);
  return { found, added, left, unlisted, clusters: logical, fallback, frame, problems, secrets };
}

interface Place {
  readonly composed: Composed;
  readonly frame: Frame;
  readonly cluster: LiveCluster;
  /** Hears of everything that is left out. */
  readonly left: LeftOut[];
  /** Filled on the way. */
  readonly secrets: Map<string, Redacted>;
}

const leave = ({ cluster, left }: Place, kind: string, name: string, { code, message }: Reason): void => {
  left.push({ kind, cluster: cluster.cluster.logical, name, code, message });
};

type Seen = Discovered & { readonly remoteName: string };

/** What lives on one cluster, belongs to the environment and is not declared, each as a document of its own. */
function liveIn(outside: Outside, place: Place): Seen[] {
  const { composed, frame, cluster } = place;
  const unprefixed = (name: string) => (name.startsWith(composed.prefix) ? name.slice(composed.prefix.length) : name);
  const whyNot = notOurs(composed, frame, cluster);
  const environment = frame.environments.find(each => each.name === composed.environment) as Frame['environments'][number];
  const withDefaults = (kind: Kind, spec: JsonObject, live: Live) =>
    (kind.defaultsKey === undefined ? [] : defaultsFor(frame, environment, kind.defaultsKey)).reduce(
      (each, below) => held(each, below.spec, live),
      spec,
    );
  return undeclared(composed, cluster).flatMap(({ kind: name, live }) => {
    const kind = outside.kinds.get(name) as Kind;
    if (kind.remote?.toManifest === undefined) return [];
    const manifest = whyNot(kind, live) ?? kind.remote.toManifest(live, unprefixed);
    if (manifest === undefined) return [];
    const found = 'spec' in manifest ? sayable(kind, manifest, spec => withDefaults(kind, spec, live)) : manifest;
    if (!('spec' in found)) {
      leave(place, name, live.remoteName, found);
      return [];
    }
    for (const reason of found.lacks ?? []) leave(place, name, live.remoteName, reason);
    const tenant = ownerIn(frame, kind, found);
    const folder = `${tenant ?? '@platform'}/${composed.environment}/${cluster.cluster.logical}`;
    const { spec } = withOwnSecrets(found, folder, place.secrets);
    return [{ kind: name, name: found.name, spec, tenant, cluster: cluster.cluster.logical, remoteName: live.remoteName }];
  });
}

/** The manifest as it would hold in the landscape, or why it may not stand there. */
function sayable(kind: Kind, manifest: Imported, complete: (spec: JsonObject) => JsonObject): Imported | Reason {
  const spec = complete(manifest.spec);
  const why = readsAsVariable(withoutOwn(spec, manifest.secrets)) ? variable : kind.remote?.unsayable?.(spec);
  return why ?? { ...manifest, spec };
}

/** Import's own references are meant as such. */
const withoutOwn = (spec: JsonObject, secrets: Imported['secrets'] = new Map()): JsonObject =>
  JSON.parse(JSON.stringify(spec), (_key, value) =>
    typeof value === 'string' && secrets.has(/^\$\{secret\.local\.(.+)\}$/.exec(value)?.[1] ?? '') ? '' : value,
  );

const variable: Reason = {
  code: 'import/reads-as-variable',
  message: 'It says `${…}`, which a document would take for a variable or a secret.',
};

/** Additions to the cluster's own document, where this environment configures it: a second logical name of the same cluster adds nothing. */
function additionsIn(outside: Outside, place: Place): Added[] {
  const { composed, frame, cluster } = place;
  const { logical, name } = cluster.cluster;
  if (composed.clusters.find(each => each.name === name)?.logical !== logical) return [];
  const file = frame.clusters.get(name)?.manifest.located.file as string;
  return [...outside.kinds.values()].flatMap(kind =>
    [...(cluster.live.get(kind.name)?.values() ?? [])].flatMap(live => {
      const toAddition = kind.remote?.toAddition;
      if (toAddition === undefined) return [];
      const { spec, lacks } = toAddition(live, statedIn(place, kind, live));
      const whyNot = configuredElsewhere(composed, logical);
      if (whyNot !== undefined && Object.keys(spec).length > 0) leave(place, kind.name, live.remoteName, whyNot);
      if (whyNot !== undefined) return [];
      for (const { path, ...reason } of lacks) leave(place, kind.name, path, reason);
      return Object.keys(spec).length === 0 ? [] : [{ kind: kind.name, name, file, spec }];
    }),
  );
}

/** Fields of a live object that a document states, or that were applied and are for the plan to judge. */
function statedIn({ composed, cluster }: Place, kind: Kind, live: Live): Fields {
  const same = (each: { kind: string; remoteName: string }) => each.kind === kind.name && each.remoteName === live.remoteName;
  const declared = composed.resources.filter(each => each.cluster === cluster.cluster.logical && same(each));
  return Object.assign(
    {},
    ...cluster.ledger.filter(same).map(each => each.fields),
    ...declared.map(each => kind.remote?.project(each)),
  );
}

async function unlistedOn(outside: Outside, { cluster, ports }: LiveCluster): Promise<Omit<LeftOut, 'name'>[]> {
  const asked = [...outside.kinds.values()].map(async kind =>
    ((await kind.remote?.unlisted?.(ports)) ?? []).map(reason => ({ kind: kind.name, cluster: cluster.logical, ...reason })),
  );
  return (await Promise.all(asked)).flat();
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
function collapsed(
  outside: Outside,
  place: Place,
  { here: seen, anywhere }: { here: readonly Seen[]; anywhere: readonly Seen[] },
): Discovered[] {
  const { composed, frame, cluster } = place;
  const logical = cluster.cluster.logical;
  const here = [...composed.declared.filter(each => each.cluster === null || each.cluster === logical), ...seen];
  const byRemoteName = new Map(here.map(each => [`${each.kind}\t${each.remoteName}`, each]));
  const names = new Set(here.map(each => `${each.kind}\t${each.name}`));
  const everywhere = new Set([...composed.declared, ...anywhere].map(each => `${each.kind}\t${each.remoteName}`));
  const remoteNames = new Map(seen.map(each => [`${each.kind}\t${each.name}`, each.remoteName]));
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
      livesAnywhere: (of, remoteName) => everywhere.has(`${of}\t${remoteName}`),
      declared: (of, name) => names.has(`${of}\t${name}`),
    });
    for (const [{ kind: of, name }, reason] of result?.left ?? [])
      leave(place, of, remoteNames.get(`${of}\t${name}`) ?? name, reason);
    if (result !== undefined) documents = [...documents.filter(each => !result.taken.has(each)), ...result.made];
  }
  return documents.map(each => ({ ...each, cluster: logical }));
}

/** The one tenant that owns every name which a document claims or makes use of, and may write its kind. */
function ownerIn(frame: Frame, kind: Kind, { name, spec, takes = [] }: Imported): string | null {
  if (kind.writtenBy === 'platform') return null;
  const owned = kind.ownedNames?.({ name, spec, tenant: null }) ?? [];
  const owners = new Set(owned.map(each => ownerOf(frame, each.category, each.name)));
  const others = takes.map(each => ownerOf(frame, each.category, each.name)).filter(each => each !== null);
  return new Set([...owners, ...others]).size === 1 ? ([...owners][0] ?? null) : null;
}
