import type { Broker, PartitionListing } from '#ports/kafka.ts';

/**
 * Replicas of one partition for another replication factor: what is there is kept (leader first), what is missing goes to racks and brokers
 * that hold none yet, starting at a broker that depends on the partition so that load spreads. Pure.
 */
export function newReplicas(partition: PartitionListing, factor: number, brokers: readonly Broker[]): number[] {
  const kept = [partition.leader, ...partition.replicas.filter(id => id !== partition.leader)]
    .filter(id => id >= 0)
    .slice(0, factor);
  const rackOf = new Map(brokers.map(broker => [broker.id, broker.rack]));
  const ring = brokers.toSorted((a, b) => a.id - b.id);
  const start = partition.index % Math.max(1, ring.length);
  const order = [...ring.slice(start), ...ring.slice(0, start)].filter(broker => !kept.includes(broker.id));
  while (kept.length < factor && order.length > 0) {
    const used = new Set(kept.map(id => rackOf.get(id) ?? null));
    const fresh = order.findIndex(broker => broker.rack !== null && !used.has(broker.rack));
    kept.push((order.splice(Math.max(0, fresh), 1)[0] as Broker).id);
  }
  return kept;
}
