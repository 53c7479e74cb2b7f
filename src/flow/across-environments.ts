import type { Elsewhere } from '#kinds/kind.ts';
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
  const { after } = composed.spec;
  const rest = names.filter(name => name !== composed.environment);
  const found = new Map<string, readonly Resource[]>();
  const declaredIn = (key: string, kind: string, environments: () => readonly (Composed | undefined)[]) => () => {
    const known = found.get(`${key} ${kind}`);
    if (known !== undefined) return known;
    const own = environments().flatMap(each => (each?.declared ?? []).filter(resource => resource.kind === kind));
    found.set(`${key} ${kind}`, own);
    return own;
  };
  const elsewhereOf = (kind: string): Elsewhere => ({
    here: declaredIn('here', kind, () => [composed]),
    before: declaredIn('before', kind, () => (after === undefined ? [] : [elsewhere(after)])),
    others: declaredIn('others', kind, () => rest.map(elsewhere)),
  });
  for (const resource of composed.declared)
    kinds.get(resource.kind)?.acrossEnvironments?.(resource, elsewhereOf(resource.kind), reporter(resource, problems));
  return problems.length === 0 ? composed : { ...composed, problems: [...composed.problems, ...problems] };
}
