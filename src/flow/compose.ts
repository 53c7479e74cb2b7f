import type { EnvironmentSpec, KafkaClusterSpec } from '#model/frame/frame.ts';
import type { JsonObject } from '#model/json.ts';
import type { Manifest, Metadata } from '#model/manifest.ts';
import { type Position, positionOf } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import { declarationName, type Layer, provenance, type Referred, type Resource } from '#model/resource.ts';
import { clustersOf } from './clusters-of.ts';
import type { Frame } from './frame.ts';
import { defaultsFor } from './frame.ts';
import type { KindRegistry, Loaded } from './load.ts';
import { withDefaults } from './merge-patch.ts';
import { remoteNameOf, type Variables, variablesIn } from './named-variables.ts';
import { type Draft, layerDocuments } from './overlays.ts';
import { composing } from './problems.ts';
import { filesOf } from './referred-files.ts';
import { type Sharing, sharingOf } from './shared-clusters.ts';
import { applyTemplate, templatesIn } from './templates.ts';
import { fillVariables, variablesInKeys } from './variables.ts';

export interface ComposedCluster {
  readonly logical: string;
  readonly name: string;
  readonly spec: KafkaClusterSpec;
}

/** A declaration that is right but waits for somebody: it blocks itself, not the plan. */
export interface Waiting {
  readonly resource: Resource;
  readonly waits: { readonly code: string; readonly message: string; readonly who: string };
}

/** All that one environment asks for. */
export interface Composed {
  readonly environment: string;
  readonly spec: EnvironmentSpec;
  readonly prefix: string;
  readonly today: string;
  readonly clusters: readonly ComposedCluster[];
  /** One per document (and cluster); what `render` shows. */
  readonly declared: readonly Resource[];
  /** What is compared with the clusters: declared, or expanded and united. Filled by `validate`. */
  readonly resources: readonly Resource[];
  readonly waiting: readonly Waiting[];
  readonly problems: readonly Problem[];
  /** Who else uses the clusters and who configures them, by logical cluster. */
  readonly sharing: ReadonlyMap<string, Sharing>;
  /** Documents that hold in other environments only, as `KIND/NAME`, with these environments. */
  readonly absent: ReadonlyMap<string, readonly string[]>;
  /** Remote objects asked for here that the environment which configures the cluster applies: never this one's to delete. */
  readonly appliedElsewhere: ReadonlySet<string>;
}

/** The documents of one environment: patched, defaulted, variables filled, one resource per cluster. */
export function compose(
  loaded: Loaded,
  frame: Frame,
  environment: Frame['environments'][number],
  kinds: KindRegistry,
  today: string,
): Composed {
  const problems: Problem[] = [];
  const { spec, name } = environment;
  const prefix = spec.prefix ?? '';
  const clusters = Object.entries(spec.clusters).flatMap(([logical, cluster]) => {
    const found = frame.clusters.get(cluster);
    return found === undefined ? [] : [{ logical, name: cluster, spec: found.spec }];
  });
  const layered = layerDocuments(loaded.manifests, name, kinds);
  problems.push(...layered.problems);
  const templates = templatesIn(layered.drafts);
  const drafts = layered.drafts.map(draft => {
    const defaults = draft.kind.defaultsKey === undefined ? [] : defaultsFor(frame, environment, draft.kind.defaultsKey);
    const templated = applyTemplate(draft, templates, defaults[0]?.spec, problems);
    return defaults.reduce<Draft>(
      (below, each) => underlay(below, each.manifest, ['spec', 'defaults', draft.kind.defaultsKey as string], each.spec),
      templated,
    );
  });
  const variables = variablesIn(drafts, spec, prefix);
  const declared = drafts.flatMap(draft => {
    const clusters = clustersOf(draft, frame, environment, problems).filter(cluster => draft.holdsOn?.(cluster) ?? true);
    if (clusters.length === 0 && draft.selectedBy !== undefined) problems.push(selectsNothing(draft, draft.selectedBy, name));
    if (draft.taken) return [];
    const uses = new Set<Draft>();
    const meaning = variables(draft.tenant, found => uses.add(found));
    const filled = defaultsHolders.has(draft.kind.name) ? draft : fill(draft, meaning, problems);
    const files = filesOf(filled.kind, filled, loaded.files);
    const sighted = files === undefined ? filled : { ...filled, files };
    return clusters.map(cluster => ({ ...toResource(sighted, name, cluster, prefix), refersTo: namedBy(uses, cluster, prefix) }));
  });
  return {
    environment: name,
    spec,
    prefix,
    today,
    clusters,
    declared,
    resources: [],
    waiting: [],
    problems,
    sharing: sharingOf(frame, environment),
    appliedElsewhere: new Set(),
    absent: absentHere(
      loaded.manifests,
      new Set(drafts.map(draft => `${draft.kind.name}/${draft.name}`)),
      frame.environments.map(each => each.name).filter(each => each !== name),
    ),
  };
}

const selectsNothing = (draft: Draft, patch: Manifest, environment: string): Problem =>
  composing('unknown-cluster', {
    message: `${draft.kind.name} \`${draft.name}\` holds on none of ${patch.metadata.clusters?.join(', ')} in \`${environment}\`, so the patch changes nothing.`,
    at: positionOf(patch.located, ['metadata', 'clusters']),
    tenant: draft.tenant,
    subject: { tenant: draft.tenant, kind: draft.kind.name, name: draft.name },
  });

const underlay = (draft: Draft, manifest: Manifest, root: Layer['root'], defaults: JsonObject): Draft => ({
  ...draft,
  spec: withDefaults(draft.spec, defaults),
  layers: [{ manifest, root, spec: defaults }, ...draft.layers],
});

/** Variables in the defaults of these are filled where the defaults hold, and are of no concern to other environments. */
const defaultsHolders = new Set(['Landscape', 'Environment']);

/** The draft with its variables filled: in the spec, and in labels and annotations, which stay texts. */
function fill(draft: Draft, variables: Variables, problems: Problem[]): Draft {
  const spec = fillVariables(draft.spec, variables.lookup, (path, variable) =>
    problems.push(undefinedVariable(draft, variables, variable, provenance(draft, path))),
  ) as JsonObject;
  const { labels, annotations } = draft.metadata;
  const written = { ...(labels == null ? {} : { labels }), ...(annotations == null ? {} : { annotations }) };
  const texts = fillVariables(written as JsonObject, variables.lookup, (path, variable) =>
    problems.push(undefinedVariable(draft, variables, variable, [positionOf(draft.base.located, ['metadata', ...path])])),
  );
  for (const { path, variable } of variablesInKeys(draft.spec)) problems.push(inKey(draft, variable, provenance(draft, path)));
  for (const { path, variable } of variablesInKeys(written as JsonObject))
    problems.push(inKey(draft, variable, [positionOf(draft.base.located, ['metadata', ...path])]));
  if (spec === draft.spec && texts === written) return draft;
  return { ...draft, spec, metadata: { ...draft.metadata, ...asTexts(texts as Record<string, JsonObject>) } };
}

const inKey = (draft: Draft, variable: string, [at, ...related]: Position[]): Problem =>
  composing('variable-in-key', {
    message: `${variable} stands in the name of a field, where no variable is filled.`,
    ...(at === undefined ? {} : { at }),
    related,
    tenant: draft.tenant,
    subject: { tenant: draft.tenant, kind: draft.kind.name, name: draft.name },
  });

const asTexts = (metadata: Record<string, JsonObject>): Pick<Metadata, 'labels' | 'annotations'> =>
  Object.fromEntries(
    Object.entries(metadata).map(([field, members]) => [
      field,
      Object.fromEntries(Object.entries(members).map(([key, value]) => [key, String(value)])),
    ]),
  );

function undefinedVariable(draft: Draft, { several }: Variables, variable: string, [at, ...related]: Position[]): Problem {
  const candidates = several(variable);
  return composing('undefined-variable', {
    message:
      candidates.length > 1
        ? `${variable} could be ${candidates.join(' or ')}.`
        : `${variable} is not defined in this environment.`,
    ...(candidates.length > 1 ? { hint: 'Write TENANT/NAME.' } : {}),
    ...(at === undefined ? {} : { at }),
    related,
    tenant: draft.tenant,
    subject: { tenant: draft.tenant, kind: draft.kind.name, name: draft.name },
  });
}

/** Who uses a variable refers to the document that it names. */
const namedBy = (uses: ReadonlySet<Draft>, cluster: string | null, prefix: string): Referred[] =>
  [...uses].map(each => ({
    cluster,
    tenant: each.tenant,
    kind: each.kind.name,
    name: each.name,
    remoteName: remoteNameOf(each.kind, each, prefix),
  }));

const toResource = (
  draft: Draft & Pick<Resource, 'files'>,
  environment: string,
  cluster: string | null,
  prefix: string,
): Resource => {
  const metadata: Metadata = draft.metadata;
  const key = { cluster, tenant: draft.tenant, kind: draft.kind.name, name: draft.name };
  return {
    ...key,
    environment,
    remoteName: remoteNameOf(draft.kind, draft, prefix),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    managed: metadata.managed ?? true,
    protected: metadata.protected ?? false,
    unassigned: draft.base.unassigned,
    spec: draft.spec,
    ...(draft.files === undefined ? {} : { files: draft.files }),
    layers: draft.layers,
    declaredBy: [declarationName(key)],
    refersTo: [],
  };
};

function absentHere(manifests: Loaded['manifests'], here: ReadonlySet<string>, others: readonly string[]): Map<string, string[]> {
  const absent = new Map<string, string[]>();
  for (const { kind, metadata, overlay, patch } of manifests) {
    const key = `${kind}/${metadata.name}`;
    if (here.has(key) || (overlay !== null && patch !== 'create')) continue;
    const holds = overlay === null ? (metadata.environments ?? others) : [overlay];
    absent.set(key, [...new Set([...(absent.get(key) ?? []), ...holds])]);
  }
  return absent;
}

/** What is said of a document that other environments have and this one has not. */
export const absentMessage = (composed: Composed, key: string, environments: readonly string[]): string =>
  `${key.replace('/', ' `')}\` holds in ${environments.join(', ')} only, not in ${composed.environment}.`;
