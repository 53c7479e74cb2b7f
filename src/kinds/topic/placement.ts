import type { Broker, PartitionListing, TopicListing } from '#ports/kafka.ts';

/** The live brokers, and how many replicas each holds: counted up as places are given away, so that load spreads over topics. */
export interface Room {
  readonly brokers: readonly Broker[];
  readonly load: Map<number, number>;
}

/** Room on these brokers with what stands there now. */
export function roomOn(brokers: readonly Broker[], topics: readonly TopicListing[]): Room {
  const load = new Map<number, number>();
  for (const { partitions } of topics)
    for (const { replicas } of partitions) for (const id of replicas) load.set(id, (load.get(id) ?? 0) + 1);
  return { brokers, load };
}

/**
 * Replicas of one partition for another replication factor, in order of preference. What is there stays where it can, the leader always; what is added goes
 * to the rack, then to the broker that holds least; what goes is dead, behind, doubled in a rack, or on a broker that holds much, in that order. Shorter
 * than `factor` where there are too few live brokers. Counts in `room`.
 */
export function newReplicas(partition: PartitionListing, factor: number, room: Room): number[] {
  const replicas = [...partition.replicas];
  const racks = new Map(room.brokers.map(broker => [broker.id, broker.rack]));
  const inRack = (id: number): number => {
    const rack = racks.get(id) ?? null;
    return rack === null ? 0 : replicas.filter(other => other !== id && racks.get(other) === rack).length;
  };
  const load = (id: number): number => room.load.get(id) ?? 0;
  const least = (ids: readonly number[], ranks: readonly ((id: number) => number)[]): number | undefined =>
    ids.toSorted((a, b) => ranks.map(rank => rank(a) - rank(b)).find(difference => difference !== 0) ?? 0)[0];
  while (replicas.length > factor) {
    const free = replicas.filter(id => id !== partition.leader);
    const worst = least(free, [
      id => Number(racks.has(id)),
      id => Number(partition.inSync.includes(id)),
      id => -inRack(id),
      id => -load(id),
    ]) as number;
    replicas.splice(replicas.indexOf(worst), 1);
    room.load.set(worst, load(worst) - 1);
  }
  while (replicas.length < factor) {
    const best = least(
      room.brokers.map(broker => broker.id).filter(id => !replicas.includes(id)),
      [inRack, load, id => (id + partition.index) % room.brokers.length],
    );
    if (best === undefined) break;
    replicas.push(best);
    room.load.set(best, load(best) + 1);
  }
  return replicas;
}
