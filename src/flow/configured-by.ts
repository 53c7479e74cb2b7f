import { canonicalJson } from '#model/json.ts';
import type { Problem } from '#model/problem.ts';
import { declarationName, type Resource } from '#model/resource.ts';
import type { Composed } from './compose.ts';
import type { KindRegistry } from './load.ts';
import { validating } from './problems.ts';
import { reporter } from './report.ts';

/** Another environment of the landscape, composed and validated. Asked only for clusters that are shared. */
export type ComposedElsewhere = (environment: string) => Composed | undefined;

/**
 * What carries no prefix (IP and default quotas, rights on the cluster) belongs to the one environment that configures the cluster. It is taken
 * out of every other: with a warning where that environment asks for the same, with an error where nobody would apply it.
 */
export function leaveToConfigurer(composed: Composed, kinds: KindRegistry, elsewhere: ComposedElsewhere): Composed {
  const problems: Problem[] = [];
  const appliedElsewhere = new Set<string>();
  const resources = composed.resources.filter(resource => {
    const sharing = composed.sharing.get(resource.cluster ?? '');
    const clusterWide = kinds.get(resource.kind)?.remote?.clusterWide?.(resource.remoteName) ?? false;
    if (!clusterWide || !resource.managed || sharing === undefined || sharing.configuredBy === composed.environment) return true;
    const other = sharing.configuredBy === null ? undefined : elsewhere(sharing.configuredBy);
    const same = other === undefined ? false : asksForTheSame(resource, composed, other);
    if (same) appliedElsewhere.add(placeOf(resource));
    problems.push(...left(resource, composed, same, sharing.configuredBy));
    return false;
  });
  if (problems.length === 0) return composed;
  return { ...composed, resources, appliedElsewhere, problems: [...composed.problems, ...problems] };
}

/** One remote object of an environment. */
export const placeOf = (each: Pick<Resource, 'cluster' | 'kind' | 'remoteName'>): string =>
  `${each.cluster}\t${each.kind}\t${each.remoteName}`;

function asksForTheSame(resource: Resource, composed: Composed, other: Composed): boolean {
  const documents = composed.sharing.get(resource.cluster ?? '')?.documents ?? new Set();
  const there = new Set(other.clusters.filter(each => documents.has(each.name)).map(each => each.logical));
  return other.resources.some(
    each =>
      each.kind === resource.kind &&
      each.remoteName === resource.remoteName &&
      there.has(each.cluster ?? '') &&
      each.managed &&
      canonicalJson(each.spec) === canonicalJson(resource.spec),
  );
}

/** One problem per document that asks for it, however many objects it stands for. */
function left(resource: Resource, composed: Composed, same: boolean, configuredBy: string | null): Problem[] {
  const problems: Problem[] = [];
  for (const name of resource.declaredBy) {
    const asking = composed.declared.find(each => each.cluster === resource.cluster && declarationName(each) === name);
    if (asking === undefined) continue;
    const say = reporter(asking, problems);
    if (same)
      say(
        details => validating('configured-elsewhere', details),
        [],
        `${name} carries no prefix and is applied by \`${configuredBy}\`, which configures the cluster of \`${resource.cluster}\`.`,
        { hint: `Where it shall hold only there, write \`metadata.environments\` without \`${composed.environment}\`.` },
      );
    else if (configuredBy === null)
      say(
        details => validating('unconfigured-cluster', details),
        [],
        `${name} carries no prefix; several environments use the cluster of \`${resource.cluster}\` and nothing says whose it is.`,
      );
    else
      say(
        details => validating('not-configured-here', details),
        [],
        `${name} carries no prefix and belongs to \`${configuredBy}\`, which configures the cluster of \`${resource.cluster}\` and asks for something else or nothing.`,
        { hint: `Declare it for \`${configuredBy}\`, and write \`metadata.environments\` without \`${composed.environment}\`.` },
      );
  }
  return problems;
}
