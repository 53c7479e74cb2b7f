import type { Problem } from '#model/problem.ts';
import type { Store } from '#ports/store.ts';
import type { Context } from './command.ts';
import { requireEnvironments } from './environment.ts';

/** The landscape's store, reached without any cluster; or the problems that keep the landscape from being read. */
export async function openHistory(
  context: Context,
  environment: string,
): Promise<{ landscape: string; store: Store } | { problems: readonly Problem[] }> {
  const { check } = await import('#flow/flow.ts');
  const outside = await context.open();
  const checked = await check(outside, []);
  requireEnvironments(checked, [environment]);
  if (checked.frame === undefined) return { problems: checked.problems };
  return { landscape: checked.frame.landscape.name, store: await outside.store(checked.frame.landscape.spec) };
}
