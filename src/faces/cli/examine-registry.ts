import type { ClusterPorts } from '#kinds/kind.ts';
import { Fault } from '#model/fault.ts';
import { examine, type Finding } from './examine-cluster.ts';

/**
 * Whether the schema registry beside a KafkaCluster answers, which one it is, how many subjects we may list, and what it holds new versions to. Nothing is said
 * of a cluster that has none, unless a Schema is declared for it (`needed`).
 */
export async function examineRegistry(cluster: string, needed: boolean, ports: ClusterPorts): Promise<Finding[]> {
  let named = true;
  const finding = await examine(`schema registry of ${cluster}`, async () => {
    const registry = await ports.schemaRegistry().catch((error: unknown) => {
      named = !(error instanceof Fault && error.code === 'registry/none');
      throw error;
    });
    const { release, subjects } = await registry.describe();
    const { compatibility, mode } = await registry.defaults();
    const count = `${subjects} subject${subjects === 1 ? '' : 's'}`;
    return `${release ?? 'of a make that it does not tell'}, ${count}; compatibility ${compatibility}, mode ${mode}`;
  });
  return named || needed ? [finding] : [];
}
