import type { Kind } from '#kinds/kind.ts';
import type { JsonObject } from '#model/json.ts';
import type { Manifest, Metadata } from '#model/manifest.ts';
import { positionOf } from '#model/position.ts';
import type { Problem, ProblemDetails } from '#model/problem.ts';
import type { Layer } from '#model/resource.ts';
import type { KindRegistry } from './load.ts';
import { mergePatch } from './merge-patch.ts';
import { nearest } from './nearest.ts';
import { composing, loading } from './problems.ts';

/** A document with its patches, before defaults and variables. */
export interface Draft {
  readonly kind: Kind;
  readonly tenant: string | null;
  readonly name: string;
  readonly metadata: Metadata;
  readonly spec: JsonObject;
  readonly layers: readonly Layer[];
  readonly base: Manifest;
  /** Where patches select clusters, a document becomes several: one for each of those, one for all others. */
  readonly holdsOn?: (cluster: string | null) => boolean;
  /** The patch that selected the one cluster of this part. */
  readonly selectedBy?: Manifest;
  /** A patch takes this part away; it is kept until it is known that there was something to take. */
  readonly taken?: true;
}

const identity = (manifest: Manifest): string => `${manifest.tenant ?? ''}/${manifest.kind}/${manifest.metadata.name}`;

const about = (manifest: Manifest): Omit<ProblemDetails, 'message'> => ({
  at: positionOf(manifest.located, ['metadata', 'name']),
  tenant: manifest.tenant,
  scope: manifest.tenant === null ? 'environment' : 'tenant',
  subject: { tenant: manifest.tenant, kind: manifest.kind, name: manifest.metadata.name },
});

const holdsIn = (manifest: Manifest, environment: string): boolean =>
  manifest.metadata.environments?.includes(environment) ?? true;

/** Base documents that hold in the environment, with the patches of its folder laid over them. */
export function layerDocuments(
  manifests: readonly Manifest[],
  environment: string,
  kinds: KindRegistry,
): { drafts: Draft[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const bases = new Map<string, Manifest>();
  const elsewhere = new Set<string>();
  const patches = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const key = identity(manifest);
    if (manifest.overlay === null) {
      if (!holdsIn(manifest, environment)) elsewhere.add(key);
      else if (bases.has(key)) problems.push(twice(manifest, bases.get(key) as Manifest));
      else bases.set(key, manifest);
    } else if (manifest.overlay === environment && !holdsIn(manifest, environment)) problems.push(selectsOthers(manifest));
    else if (manifest.overlay === environment) {
      const before = patches.get(key);
      if (before === undefined) patches.set(key, [manifest]);
      else before.push(manifest);
    }
  }
  const layered = new Map<string, Layered>();
  for (const [key, base] of bases) layered.set(key, { draft: start(base, kinds), patches: [] });
  for (const [key, group] of patches)
    for (const patch of group) {
      const known = layered.get(key);
      if (patch.patch === 'create') {
        if (known !== undefined)
          problems.push(
            known.draft.base.overlay === null ? createOverBase(patch, known.draft.base) : twice(patch, known.draft.base),
          );
        else layered.set(key, { draft: start(patch, kinds), patches: [] });
      } else if (known === undefined) problems.push(withoutBase(patch, [...bases.values()], elsewhere.has(key)));
      else if (patch.patch === 'delete' && patch.metadata.clusters == null) layered.delete(key);
      else known.patches.push(patch);
    }
  return { drafts: [...layered.values()].flatMap(laid), problems };
}

interface Layered {
  readonly draft: Draft;
  readonly patches: Manifest[];
}

/** The document under its patches. `metadata.clusters` of a patch selects: what it says holds on those clusters alone. */
function laid({ draft, patches }: Layered): Draft[] {
  const selected = new Set(patches.flatMap(patch => patch.metadata.clusters ?? []));
  const everywhere = patches.filter(patch => patch.metadata.clusters == null).reduce(lay, draft);
  if (selected.size === 0) return [everywhere];
  const own = [...selected].map<Draft>(cluster => {
    const chosen = patches.filter(patch => patch.metadata.clusters?.includes(cluster) ?? true);
    return {
      ...chosen.reduce(lay, draft),
      holdsOn: (other: string | null) => other === cluster,
      selectedBy: patches.find(patch => patch.metadata.clusters?.includes(cluster)) as Manifest,
      ...(chosen.some(patch => patch.patch === 'delete') ? { taken: true } : {}),
    };
  });
  return [{ ...everywhere, holdsOn: (other: string | null) => !selected.has(other ?? '') }, ...own];
}

const start = (base: Manifest, kinds: KindRegistry): Draft => ({
  kind: kinds.get(base.kind) as Kind,
  tenant: base.tenant,
  name: base.metadata.name,
  metadata: base.metadata,
  spec: mergePatch({}, base.spec),
  layers: [{ manifest: base, root: ['spec'], spec: base.spec }],
  base,
});

function lay(draft: Draft, patch: Manifest): Draft {
  const { environments: _environments, clusters: _clusters, ...merged } = patch.metadata;
  return {
    ...draft,
    metadata: mergePatch(draft.metadata as unknown as JsonObject, merged as unknown as JsonObject) as unknown as Metadata,
    spec: mergePatch(draft.spec, patch.spec),
    layers: [...draft.layers, { manifest: patch, root: ['spec'], spec: patch.spec }],
  };
}

const selectsOthers = (patch: Manifest): Problem =>
  composing('selects-nothing', {
    ...about(patch),
    at: positionOf(patch.located, ['metadata', 'environments']),
    message: `It stands under environments/${patch.overlay}/ and selects ${patch.metadata.environments?.join(', ') || 'no environment'}.`,
  });

const twice = (manifest: Manifest, first: Manifest): Problem =>
  loading('duplicate-document', {
    ...about(manifest),
    message: `${manifest.kind} \`${manifest.metadata.name}\` is declared twice.`,
    related: [positionOf(first.located, ['metadata', 'name'])],
  });

const createOverBase = (patch: Manifest, base: Manifest): Problem =>
  composing('create-over-base', {
    ...about(patch),
    message: `${patch.kind} \`${patch.metadata.name}\` has a base document that holds here.`,
    related: [positionOf(base.located, ['metadata', 'name'])],
  });

function withoutBase(patch: Manifest, bases: readonly Manifest[], elsewhere: boolean): Problem {
  const candidates = bases.filter(base => base.kind === patch.kind && base.tenant === patch.tenant);
  const close =
    nearest(
      patch.metadata.name,
      candidates.map(base => base.metadata.name),
    ) ?? candidates[0]?.metadata.name;
  const base = candidates.find(each => each.metadata.name === close);
  const why = elsewhere ? 'its base does not hold in this environment' : 'it has no base document';
  return composing('patch-without-base', {
    ...about(patch),
    message: `${patch.kind} \`${patch.metadata.name}\`: ${why}.${base === undefined ? '' : ` The nearest base is \`${close}\`.`}`,
    related: base === undefined ? [] : [positionOf(base.located, ['metadata', 'name'])],
  });
}
