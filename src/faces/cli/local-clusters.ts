import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '#model/problem.ts';
import type { Context } from './command.ts';

/** The clusters that `up` runs: those of the landscape whose connection is `local`; outside a landscape one named `main`. */
export async function localClusters(context: Context): Promise<{ clusters: string[]; problems: readonly Problem[] }> {
  const landscape = await stat(join(context.root, 'kaas.yaml')).catch(() => undefined);
  if (landscape === undefined) return { clusters: ['main'], problems: [] };
  const { check } = await import('#flow/flow.ts');
  const { frame, problems } = await check(await context.open(), []);
  const all = [...(frame?.clusters.values() ?? [])];
  return { clusters: all.filter(each => each.spec.connection === 'local').map(each => each.name), problems };
}
