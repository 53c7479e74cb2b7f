import { positionOf } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import { declarationName, declaredAt, keyOf, type Resource } from '#model/resource.ts';
import type { Composed } from './compose.ts';
import type { Frame } from './frame.ts';
import type { KindRegistry } from './load.ts';
import { validating } from './problems.ts';
import { reporter } from './report.ts';

/** Two documents that claim one remote object. */
export function claimedTwice(resources: readonly Resource[], kinds: KindRegistry, disowned: ReadonlySet<string>): Problem[] {
  const first = new Map<string, Resource>();
  const problems: Problem[] = [];
  for (const resource of resources) {
    if (kinds.get(resource.kind)?.remote === undefined || resource.cluster === null || disowned.has(keyOf(resource))) continue;
    const key = `${resource.cluster}\t${resource.kind}\t${resource.remoteName}`;
    const twin = first.get(key);
    if (twin === undefined) first.set(key, resource);
    else {
      const other = declaredAt(twin);
      reporter(resource, problems)(
        details => validating('duplicate-remote', details),
        [],
        `${declarationName(resource)} and ${declarationName(twin)} both claim \`${resource.remoteName}\` on ${resource.cluster}.`,
        { related: other === undefined ? [] : [other] },
      );
    }
  }
  return problems;
}

/** Another environment with the same prefix on one cluster. */
export function prefixOverlaps(composed: Composed, frame: Frame): Problem[] {
  const located = frame.environments.find(each => each.name === composed.environment)?.manifest.located;
  const at = located === undefined ? undefined : positionOf(located, ['spec', 'prefix']);
  return [...composed.sharing]
    .filter(([, { siblings }]) => siblings.includes(composed.prefix))
    .map(([logical]) =>
      validating('prefix-overlap', {
        message: `Another environment uses the cluster of \`${logical}\` with the same prefix \`${composed.prefix}\`.`,
        ...(at === undefined ? {} : { at }),
        tenant: null,
        environment: composed.environment,
      }),
    );
}

/** A name that a sibling environment with a longer prefix would claim as its own. */
export function outsidePrefix(resources: readonly Resource[], composed: Composed, kinds: KindRegistry): Problem[] {
  const problems: Problem[] = [];
  for (const resource of resources) {
    const longer = (composed.sharing.get(resource.cluster ?? '')?.siblings ?? []).filter(
      prefix => prefix.length > composed.prefix.length && prefix.startsWith(composed.prefix),
    );
    // What is owned by name carries the prefix before that name, also where more stands before it on the cluster (`User:`).
    const owned = kinds
      .get(resource.kind)
      ?.ownedNames?.(resource)
      .map(each => composed.prefix + each.name);
    const names = owned ?? [resource.remoteName];
    const claimed = longer.find(prefix => names.some(name => name.startsWith(prefix)));
    if (claimed !== undefined)
      reporter(resource, problems)(
        details => validating('prefix-overlap', details),
        [],
        `\`${resource.remoteName}\` starts with \`${claimed}\`, the prefix of another environment on this cluster.`,
        { scope: 'tenant' },
      );
  }
  return problems;
}
