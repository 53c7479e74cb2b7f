import type { ClusterPorts } from '#kinds/kind.ts';
import type { Change } from '#model/change.ts';
import type { Plan } from '#model/plan.ts';
import type { Lease } from '#ports/store.ts';
import type { Outside } from './outside.ts';

interface Wanted {
  readonly plan: Pick<Plan, 'clusters'>;
  /** What will be written. */
  readonly changes: readonly Change[];
  portsOf(cluster: string): Promise<ClusterPorts>;
}

/**
 * One writer at a time: a lease per cluster that was read, and one for each thing beside the brokers that the changes write to (a Connect cluster, whatever
 * clusters lead to it). By logical cluster. Throws what `take` throws when somebody else holds one.
 */
export async function takeLeases(
  outside: Outside,
  { plan, changes, portsOf }: Wanted,
  take: (name: string) => Promise<Lease>,
): Promise<Map<string, Lease>> {
  const names = new Map<string, readonly string[]>();
  for (const [logical, { clusterId }] of Object.entries(plan.clusters)) {
    const own = changes.filter(change => change.cluster === logical);
    names.set(logical, [`kafka/${clusterId}`, ...(await besideBrokers(outside, own, () => portsOf(logical)))]);
  }
  const held = new Map<string, Lease>();
  // In one order for all writers, so that no two wait for each other.
  for (const name of [...new Set([...names.values()].flat())].toSorted()) held.set(name, await take(name));
  return new Map([...names].map(([logical, own]) => [logical, together(own.map(name => held.get(name) as Lease))]));
}

async function besideBrokers(
  outside: Outside,
  changes: readonly Change[],
  ports: () => Promise<ClusterPorts>,
): Promise<string[]> {
  const named = await Promise.all(
    [...Map.groupBy(changes, change => change.kind)].map(async ([kind, own]) => {
      const asked = outside.kinds.get(kind)?.remote?.leases;
      return asked === undefined ? [] : asked(await ports(), own);
    }),
  );
  return named.flat();
}

/** Several leases as one: the first that was lost counts. Who took them gives them back. */
const together = (leases: readonly Lease[]): Lease => ({
  async check() {
    for (const lease of leases) await lease.check();
  },
  async [Symbol.asyncDispose]() {},
});
