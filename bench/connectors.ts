import { inTurns } from './measure.ts';
import type { Stage } from './stage.ts';

/** A plan that changes nothing, of so many connectors on one real worker. */
export async function planConnectors(stage: Stage, connectors: number): Promise<void> {
  await stage.beside('connect');
  const folder = stage.landscape('connectors', { prefix: 'connectors.', topics: 0, connectors });
  await stage.kaas('-C', folder, 'apply', 'dev', '--yes', '-o', 'name');
  const [ours, floor] = await inTurns(
    5,
    () => stage.kaas('-C', folder, 'plan', 'dev', '-o', 'name'),
    () => stage.floorBeside('connectors'),
  );
  stage.record({ name: 'no-change plan of connectors', size: connectors, ours, floor, target: { beside: 1, writes: 0 } });
}
