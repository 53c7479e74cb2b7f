import type { Kind } from '#kinds/kind.ts';
import { invariant } from '#model/invariant.ts';
import type { KindRegistry } from './load.ts';

/** Kinds so that each stands after those it refers to; ties keep the registry's order. Deletions run the other way. */
export function workOrder(kinds: KindRegistry): Kind[] {
  const ordered: Kind[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (kind: Kind) => {
    if (state.get(kind.name) === 'done') return;
    invariant(state.get(kind.name) !== 'open', `kinds refer to each other in a circle at ${kind.name}`);
    state.set(kind.name, 'open');
    for (const name of kind.refersTo ?? []) {
      const needed = kinds.get(name);
      if (needed !== undefined) visit(needed);
    }
    state.set(kind.name, 'done');
    ordered.push(kind);
  };
  for (const kind of kinds.values()) visit(kind);
  return ordered;
}
