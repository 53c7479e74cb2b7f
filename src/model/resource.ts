import type { Json, JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import type { Manifest } from './manifest.ts';
import { type Path, type Position, positionOf } from './position.ts';

/** One document's contribution to a resource's spec. Layers stand from weakest (landscape default) to strongest (environment patch). */
export interface Layer {
  readonly manifest: Manifest;
  /** Where in that document the contributed spec stands: `['spec']`, or `['spec', 'defaults', 'topic']` for a default. */
  readonly root: Path;
  /** Where in the resource's spec it lies; absent: at its top. `spec` begins at the top all the same. */
  readonly below?: Path;
  readonly spec: JsonObject;
}

/** Names one resource within an environment. */
export interface ResourceKey {
  readonly cluster: string | null;
  readonly tenant: string | null;
  readonly kind: string;
  readonly name: string;
}

/** A manifest after composition for one environment (and one cluster, where its kind lives on clusters). */
export interface Resource<Spec = JsonObject> extends ResourceKey {
  readonly environment: string;
  /** The name on the outside, environment prefix included; unique per kind and cluster. */
  readonly remoteName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly managed: boolean;
  readonly protected: boolean;
  readonly unassigned: boolean;
  readonly spec: Spec;
  readonly layers: readonly Layer[];
  /** The documents that ask for it, as `TENANT/KIND/NAME` or `KIND/NAME` (platform): several where equal bindings unite. */
  readonly declaredBy: readonly string[];
  /** Texts of the files that it refers to, by the name as written; absent where it refers to none or one could not be read (reported by the flow). */
  readonly files?: Readonly<Record<string, string>>;
  /** What it refers to, resolved. */
  readonly refersTo: readonly Referred[];
}

/** What a reference named. */
export interface Referred extends ResourceKey {
  readonly remoteName: string;
  /** Of the secrets that the naming resource needs, as `STORE.KEY`, those that this one makes. */
  readonly makes?: readonly string[];
}

export const keyOf = (key: ResourceKey): string => `${key.cluster ?? ''}\t${key.tenant ?? ''}\t${key.kind}\t${key.name}`;

export const declarationName = (key: Pick<ResourceKey, 'tenant' | 'kind' | 'name'>): string =>
  `${key.tenant === null ? '' : `${key.tenant}/`}${key.kind}/${key.name}`;

/** What a contribution says of the value at `path`: gives it, takes away what stands below (by `null`, or by a value in place of the mapping), or nothing. */
function sayOf(value: Json, path: Path): 'gives' | 'removes' | 'nothing' {
  let current: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(current) && typeof step === 'number' && step < current.length) current = current[step];
    else if (!isJsonObject(current)) return 'removes';
    else current = Object.hasOwn(current, step) ? current[step] : undefined;
    if (current === undefined) return 'nothing';
  }
  return current === null ? 'removes' : 'gives';
}

/**
 * Where the value at `path` of the spec came from, strongest first: the first is the one that won, the rest it overrode. What a patch took away by
 * `null` comes last: a default holds then. Falls back to the nearest ancestor.
 */
export function provenance(resource: Pick<Resource, 'layers'>, path: Path, part: 'key' | 'value' = 'key'): Position[] {
  const strongest = resource.layers.toReversed();
  const document = strongest[0]?.manifest;
  for (let length = path.length; length >= 0; length--) {
    const tried = path.slice(0, length);
    const holds: Layer[] = [];
    const gone: Layer[] = [];
    for (const layer of strongest) {
      const say = sayOf(layer.spec, tried);
      if (say === 'nothing') continue;
      const own = layer.manifest.kind === document?.kind && layer.manifest.metadata.name === document.metadata.name;
      (say === 'removes' || (own && gone.length > 0) ? gone : holds).push(layer);
    }
    const found = [...holds, ...gone];
    if (found.length > 0)
      return found.map(layer =>
        positionOf(layer.manifest.located, [...layer.root, ...tried.slice(layer.below?.length ?? 0)], part),
      );
  }
  return [];
}

/** Whose document gave the value at `path`: what the platform says in a document of its own (a Connection, a default) it says with rights of its own. */
export const writerOf = (resource: Pick<Resource, 'layers'>, path: Path): string | null | undefined =>
  resource.layers.findLast(layer => sayOf(layer.spec, path) === 'gives')?.manifest.tenant;

/** Where the document stands that declares the resource (its first line): its own base document, not a template or default below it. */
export function declaredAt(resource: Pick<Resource, 'layers' | 'kind' | 'name'>): Position | undefined {
  const written = resource.layers.filter(each => each.root.length === 1 && each.root[0] === 'spec');
  const own = written.find(each => each.manifest.kind === resource.kind && each.manifest.metadata.name === resource.name);
  const layer = own ?? written[0] ?? resource.layers[0];
  return layer === undefined ? undefined : positionOf(layer.manifest.located, []);
}
