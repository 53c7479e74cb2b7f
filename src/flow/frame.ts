import type { EnvironmentSpec, Framed, KafkaClusterSpec, LandscapeSpec, TenantSpec } from '#model/frame/frame.ts';
import type { JsonObject } from '#model/json.ts';
import type { Manifest } from '#model/manifest.ts';
import { positionOf } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import type { SecretStores } from '#model/secret-store.ts';
import type { KindRegistry, Loaded } from './load.ts';
import { nearest } from './nearest.ts';
import { composing, loading, validating } from './problems.ts';
import { checkShape } from './shape.ts';

/** The documents that say how the rest is read, checked for shape. */
export interface Frame {
  readonly landscape: Framed<LandscapeSpec> & { readonly manifest: Manifest };
  /** In the landscape's order. */
  readonly environments: readonly (Framed<EnvironmentSpec> & { readonly manifest: Manifest })[];
  readonly clusters: ReadonlyMap<string, Framed<KafkaClusterSpec> & { readonly manifest: Manifest }>;
  readonly tenants: ReadonlyMap<string, Framed<TenantSpec> & { readonly manifest: Manifest }>;
  /** The SecretStores of each environment that was composed: what its clusters are opened with. */
  readonly stores: ReadonlyMap<string, SecretStores>;
}

/** Finds Landscape, Environments, KafkaClusters and Tenants; undefined frame when no environment could be composed without guessing. */
export function readFrame(loaded: Loaded, kinds: KindRegistry): { frame: Frame | undefined; problems: Problem[] } {
  const problems: Problem[] = [];
  const framed = new Set(['Landscape', 'Environment', 'KafkaCluster', 'Tenant']);
  const sound = new Map<string, Manifest[]>([...framed].map(kind => [kind, []]));
  const seen = new Map<string, Manifest>();
  for (const manifest of loaded.manifests) {
    if (!framed.has(manifest.kind)) continue;
    // A folder is one landscape, whatever it is called.
    const key = manifest.kind === 'Landscape' ? manifest.kind : `${manifest.kind}/${manifest.metadata.name}`;
    const twin = seen.get(key);
    if (twin !== undefined)
      problems.push(
        loading('duplicate-document', {
          message: `${key} is declared twice.`,
          at: positionOf(manifest.located, []),
          related: [positionOf(twin.located, [])],
          scope: 'landscape',
        }),
      );
    seen.set(key, twin ?? manifest);
    const wrong = checkShape(manifest, manifest.spec, kinds).map(problem => ({
      ...problem,
      scope: 'landscape' as const,
      tenant: null,
    }));
    problems.push(...wrong);
    if (twin === undefined && wrong.length === 0) sound.get(manifest.kind)?.push(manifest);
  }
  const landscape = sound.get('Landscape')?.[0];
  if (landscape === undefined) {
    if (!loaded.manifests.some(manifest => manifest.kind === 'Landscape'))
      problems.push(loading('no-landscape', { message: 'There is no document of kind Landscape in kaas.yaml.' }));
    return { frame: undefined, problems };
  }
  const spec = landscape.spec as unknown as LandscapeSpec;
  const byName = <Spec>(kind: string) =>
    new Map(
      (sound.get(kind) ?? []).map(manifest => [
        manifest.metadata.name,
        { name: manifest.metadata.name, spec: manifest.spec as unknown as Spec, manifest },
      ]),
    );
  const environments = byName<EnvironmentSpec>('Environment');
  const clusters = byName<KafkaClusterSpec>('KafkaCluster');
  spec.environments.forEach((name, index) => {
    if (!seen.has(`Environment/${name}`))
      problems.push(
        loading('missing-frame', {
          message: `kaas.yaml names the environment \`${name}\`; no Environment document declares it.`,
          at: positionOf(landscape.located, ['spec', 'environments', index]),
        }),
      );
  });
  for (const { name, spec: environment, manifest } of environments.values()) {
    if (!spec.environments.includes(name))
      problems.push(
        loading('missing-frame', {
          message: `Environment \`${name}\` is not listed in kaas.yaml.`,
          at: positionOf(manifest.located, ['metadata', 'name']),
          severity: 'warning',
        }),
      );
    for (const [logical, cluster] of Object.entries(environment.clusters))
      if (!seen.has(`KafkaCluster/${cluster}`))
        problems.push(
          composing('unknown-cluster', {
            message: `There is no KafkaCluster \`${cluster}\`.`,
            at: positionOf(manifest.located, ['spec', 'clusters', logical]),
            scope: 'landscape',
          }),
        );
    if (environment.default !== undefined && !(environment.default in environment.clusters))
      problems.push(
        composing('unknown-cluster', {
          message: `\`default\` names \`${environment.default}\`, which is none of this environment's clusters.`,
          at: positionOf(manifest.located, ['spec', 'default']),
          scope: 'landscape',
        }),
      );
    if (environment.after !== undefined && !spec.environments.includes(environment.after))
      problems.push(
        loading('unknown-environment', {
          message: `There is no environment \`${environment.after}\`.`,
          ...didYouMean(nearest(environment.after, spec.environments)),
          at: positionOf(manifest.located, ['spec', 'after']),
          scope: 'landscape',
        }),
      );
    problems.push(...unknownDefaults(manifest, kinds));
  }
  problems.push(...unknownDefaults(landscape, kinds));
  problems.push(...unknownEnvironments(loaded, new Set(spec.environments)), ...unknownTenants(loaded, seen));
  const listed = spec.environments.flatMap(name => environments.get(name) ?? []);
  const frame: Frame = {
    landscape: { name: landscape.metadata.name, spec, manifest: landscape },
    environments: listed,
    clusters,
    tenants: byName<TenantSpec>('Tenant'),
    stores: new Map(),
  };
  return { frame, problems };
}

/** Defaults for something that takes none would be passed over in silence. */
function unknownDefaults({ spec, located }: Manifest, kinds: KindRegistry): Problem[] {
  const known = [...kinds.values()].flatMap(kind => kind.defaultsKey ?? []);
  return Object.keys((spec.defaults ?? {}) as JsonObject)
    .filter(key => !known.includes(key))
    .map(key =>
      validating('unknown-field', {
        message: `\`spec.defaults\` has no field \`${key}\`; there is ${known.join(', ')}.`,
        at: positionOf(located, ['spec', 'defaults', key]),
        scope: 'landscape',
      }),
    );
}

const didYouMean = (close: string | undefined): { hint?: string } =>
  close === undefined ? {} : { hint: `Did you mean \`${close}\`?` };

function unknownEnvironments(loaded: Loaded, known: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = [];
  for (const { metadata, overlay, located, tenant } of loaded.manifests) {
    const scope = tenant === null ? ('landscape' as const) : ('tenant' as const);
    (metadata.environments ?? []).forEach((name, index) => {
      if (!known.has(name))
        problems.push(
          loading('unknown-environment', {
            message: `There is no environment \`${name}\`.`,
            ...didYouMean(nearest(name, known)),
            at: positionOf(located, ['metadata', 'environments', index]),
            tenant,
            scope,
          }),
        );
    });
    if (overlay !== null && !known.has(overlay))
      problems.push(
        loading('unknown-environment', {
          message: `The folder names the environment \`${overlay}\`, which kaas.yaml does not list.`,
          ...didYouMean(nearest(overlay, known)),
          at: positionOf(located, []),
          tenant,
          scope,
        }),
      );
  }
  return problems;
}

function unknownTenants(loaded: Loaded, seen: ReadonlyMap<string, Manifest>): Problem[] {
  const reported = new Set<string>();
  const problems: Problem[] = [];
  for (const { tenant, located } of loaded.manifests)
    if (tenant !== null && !seen.has(`Tenant/${tenant}`) && !reported.has(tenant)) {
      reported.add(tenant);
      problems.push(
        loading('unknown-tenant', {
          message: `No Tenant document declares \`${tenant}\`.`,
          at: positionOf(located, []),
          tenant,
          scope: 'tenant',
        }),
      );
    }
  return problems;
}

/** Default for `kind` in environment and landscape, strongest first. */
export const defaultsFor = (
  frame: Frame,
  environment: Frame['environments'][number],
  key: string,
): { manifest: Manifest; spec: JsonObject }[] =>
  [environment, frame.landscape].flatMap(({ spec, manifest }) => {
    const defaults = spec.defaults?.[key];
    return defaults === undefined ? [] : [{ manifest, spec: defaults }];
  });
