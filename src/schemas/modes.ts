import type { Sides } from './findings.ts';
import type { CompatibilityMode } from './schema.ts';

const backward: Sides = { reader: 'new', writer: 'old' };
const forward: Sides = { reader: 'old', writer: 'new' };

/** Who must be able to read whom under a mode. */
export const sidesOf = (mode: CompatibilityMode): readonly Sides[] =>
  mode === 'NONE' ? [] : mode.startsWith('BACKWARD') ? [backward] : mode.startsWith('FORWARD') ? [forward] : [backward, forward];

/** The previous schemas that a mode holds the new one against, with their places in the list: all, or the latest alone. */
export function heldAgainst<T>(
  mode: CompatibilityMode,
  previous: readonly T[],
): { readonly schema: T; readonly index: number }[] {
  const all = previous.map((schema, index) => ({ schema, index }));
  return mode.endsWith('_TRANSITIVE') ? all.toReversed() : all.slice(-1);
}
