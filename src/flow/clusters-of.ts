import { type Position, positionOf } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import { provenance } from '#model/resource.ts';
import type { Frame } from './frame.ts';
import type { Draft } from './overlays.ts';
import { composing } from './problems.ts';
import { sharingOf } from './shared-clusters.ts';

/** The logical clusters on which a document holds here; `[null]` for kinds that live on none. */
export function clustersOf(
  draft: Draft,
  frame: Frame,
  environment: Frame['environments'][number],
  problems: Problem[],
): (string | null)[] {
  const { spec, name } = environment;
  if (draft.kind.name === 'KafkaCluster') return configuredHere(draft, frame, environment);
  if (draft.kind.lives !== 'cluster') return [null];
  const here = Object.keys(spec.clusters);
  const said = draft.kind.onCluster?.(draft.spec);
  const say = (code: 'unknown-cluster' | 'no-cluster', message: string) =>
    problems.push(
      composing(code, {
        message,
        at:
          said === undefined
            ? positionOf(draft.base.located, ['metadata', 'clusters'])
            : (provenance(draft, said.path)[0] as Position),
        tenant: draft.tenant,
        subject: { tenant: draft.tenant, kind: draft.kind.name, name: draft.name },
      }),
    );
  if (said !== undefined) {
    const logical = here.find(each => each === said.name) ?? here.find(each => spec.clusters[each] === said.name);
    if (logical === undefined) say('unknown-cluster', `Environment \`${name}\` has no cluster \`${said.name}\`.`);
    return logical === undefined ? [] : [logical];
  }
  const named = draft.metadata.clusters;
  if (named != null) {
    const everywhere = new Set(frame.environments.flatMap(each => Object.keys(each.spec.clusters)));
    for (const cluster of named)
      if (!everywhere.has(cluster)) say('unknown-cluster', `No environment has a cluster \`${cluster}\`.`);
    const chosen = named.filter(cluster => here.includes(cluster));
    if (chosen.length === 0 && named.some(cluster => everywhere.has(cluster)))
      say('unknown-cluster', `Environment \`${name}\` has none of the clusters ${named.join(', ')}; it has ${here.join(', ')}.`);
    return chosen;
  }
  const wanted =
    (draft.tenant === null ? undefined : frame.tenants.get(draft.tenant)?.spec.cluster) ??
    spec.default ??
    (here.length === 1 ? here[0] : undefined);
  if (wanted === undefined) say('no-cluster', `Environment \`${name}\` has the clusters ${here.join(', ')} and no default.`);
  else if (!here.includes(wanted)) say('unknown-cluster', `Environment \`${name}\` has no cluster \`${wanted}\`.`);
  else return [wanted];
  return [];
}

/** Broker configuration belongs to the environment that configures the cluster. */
function configuredHere(draft: Draft, frame: Frame, environment: Frame['environments'][number]): string[] {
  const logical = Object.entries(environment.spec.clusters).find(([, cluster]) => cluster === draft.name)?.[0];
  if (logical === undefined || draft.spec.brokerConfig === undefined) return [];
  return sharingOf(frame, environment).get(logical)?.configuredBy === environment.name ? [logical] : [];
}
