import type { Problem } from '#model/problem.ts';
import type { Composed } from './compose.ts';
import type { Frame } from './frame.ts';
import { holdings } from './holdings.ts';
import type { Outside } from './outside.ts';
import { planning } from './problems.ts';
import type { LiveCluster } from './read-live.ts';

const shownAtMost = 5;

/**
 * Rights that an environment made which the landscape no longer has, or has no longer on this cluster, and that nobody declares: no plan of any
 * environment takes them away, so every plan of who is left there says so.
 */
export function leftBehind(
  outside: Pick<Outside, 'kinds'>,
  frame: Frame,
  composed: Composed,
  clusters: readonly LiveCluster[],
): Problem[] {
  return clusters.flatMap(cluster => {
    const { logical } = cluster.cluster;
    const declared = new Set(
      composed.resources.filter(each => each.cluster === logical).map(each => `${each.kind}\t${each.remoteName}`),
    );
    const found = [...outside.kinds.values()]
      .filter(kind => kind.remote?.isRight === true)
      .flatMap(kind => {
        const { left, sharedElsewhere } = holdings(kind, frame, composed, cluster);
        const live = cluster.live.get(kind.name);
        return left.filter(
          ({ remoteName }) =>
            !declared.has(`${kind.name}\t${remoteName}`) && !sharedElsewhere.has(remoteName) && live?.has(remoteName) !== false,
        );
      });
    return [...Map.groupBy(found, entry => entry.environment)].map(([environment, own]) => {
      const names = own.slice(0, shownAtMost).map(each => `${each.kind} ${each.remoteName}`);
      const more = own.length > shownAtMost ? ` and ${own.length - shownAtMost} more` : '';
      return planning('left-behind', {
        message: `${own.length} of \`${environment}\` still stand on ${logical} and nobody declares them: ${names.join(', ')}${more}.`,
        tenant: null,
        environment: composed.environment,
      });
    });
  });
}
