import { Fault } from '#model/fault.ts';
import type { Engine } from './engine.ts';

export async function pinnedClusterId(engine: Engine, cluster: string): Promise<string | undefined> {
  const row = await engine.db.selectFrom('kaas_pins').select('cluster_id').where('cluster', '=', cluster).executeTakeFirst();
  return row?.cluster_id;
}

/** The first contact counts: another id later is refused (`store/pinned`), also when two first contacts race. */
export async function pinClusterId(engine: Engine, cluster: string, clusterId: string): Promise<void> {
  await engine.db
    .insertInto('kaas_pins')
    .values({ cluster, cluster_id: clusterId })
    .onConflict(c => c.column('cluster').doNothing())
    .execute();
  const pinned = await pinnedClusterId(engine, cluster);
  if (pinned !== clusterId)
    throw new Fault('store/pinned', `KafkaCluster ${cluster} is pinned to cluster id ${pinned}, not ${clusterId}.`, {
      remedy: 'Check the bootstrap servers: they lead to another cluster than at first contact.',
    });
}
