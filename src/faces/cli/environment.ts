import type { Checked } from '#flow/flow.ts';
import { nearest } from '#flow/nearest.ts';
import { Usage } from './usage.ts';

/** Throws a `Usage` when the landscape is readable and has no such environment. */
export function requireEnvironments(checked: Checked, names: readonly string[]): void {
  if (checked.frame === undefined) return;
  const known = checked.frame.landscape.spec.environments;
  for (const name of names) {
    if (known.includes(name)) continue;
    const close = nearest(name, known);
    throw new Usage(
      `There is no environment \`${name}\`${close === undefined ? '.' : `; did you mean \`${close}\`?`} The landscape has ${known.join(', ')}.`,
    );
  }
}
