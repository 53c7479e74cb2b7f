import type { Problem } from '#model/problem.ts';
import type { Resource } from '#model/resource.ts';
import type { Composed } from './compose.ts';
import type { ComposedElsewhere } from './configured-by.ts';
import type { KindRegistry } from './load.ts';
import { reporter } from './report.ts';

/** Holds the resources of an environment against those of the others, where a kind asks for it: what is kept outside the clusters knows no prefix. */
export function acrossEnvironments(
  composed: Composed,
  kinds: KindRegistry,
  { names, elsewhere }: { names: readonly string[]; elsewhere: ComposedElsewhere },
): Composed {
  const problems: Problem[] = [];
  const found = new Map<string, readonly Resource[]>();
  const othersOf = (kind: string): readonly Resource[] => {
    const known = found.get(kind);
    if (known !== undefined) return known;
    const others = names.filter(name => name !== composed.environment).flatMap(name => elsewhere(name)?.declared ?? []);
    const own = others.filter(resource => resource.kind === kind);
    found.set(kind, own);
    return own;
  };
  for (const resource of composed.declared)
    kinds.get(resource.kind)?.acrossEnvironments?.(resource, () => othersOf(resource.kind), reporter(resource, problems));
  return problems.length === 0 ? composed : { ...composed, problems: [...composed.problems, ...problems] };
}
