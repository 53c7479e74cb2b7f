import type { ClusterPorts, Kind, Live } from '#kinds/kind.ts';
import type { Fields } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Plan, Selection } from '#model/plan.ts';
import type { Problem } from '#model/problem.ts';
import type { Resource } from '#model/resource.ts';
import type { SecretStores } from '#model/secret-store.ts';
import type { ClusterDescription } from '#ports/kafka.ts';
import type { Store } from '#ports/store.ts';
import type { ComposedCluster } from './compose.ts';
import type { Outside } from './outside.ts';
import { planning } from './problems.ts';
import { reach } from './selection.ts';

/** A kind whose part of a cluster could not be read, or of it what stands on one server beside the brokers. */
export interface Unread {
  readonly kind: string;
  readonly part?: string;
  readonly problem: Problem;
}

/** How a plan calls what was not read. */
const unreadName = ({ kind, part }: Pick<Unread, 'kind' | 'part'>): string => (part === undefined ? kind : `${kind}/${part}`);

/** Is this object among what a plan says was not read? */
export const isUnread = (unread: readonly string[], kind: Kind, remoteName: string): boolean =>
  unread.includes(kind.name) ||
  (kind.remote?.part !== undefined && unread.includes(unreadName({ kind: kind.name, part: kind.remote.part(remoteName) })));

/** Was this object's part of the cluster read? Of the rest nothing is said. */
export const wasRead =
  ({ unread }: Pick<LiveCluster, 'unread'>, kind: Kind) =>
  ({ remoteName }: { readonly remoteName: string }): boolean =>
    unread.length === 0 || !isUnread(unread.map(unreadName), kind, remoteName);

/** One cluster as it answered, complete: every kind that is declared or owned here was read to its end. */
export interface LiveCluster {
  readonly cluster: ComposedCluster;
  readonly ports: ClusterPorts;
  readonly description: ClusterDescription;
  /** Live objects by kind, then remote name; a kind whose part of the cluster could not be read is absent, which is not the same as having none. */
  readonly live: ReadonlyMap<string, ReadonlyMap<string, Live>>;
  /** Everything that the ledger knows of this cluster, other environments included; of what stands on no cluster, of all. */
  readonly ledger: readonly LedgerEntry[];
  /** Is this object among what the command was narrowed to? */
  readonly reaches: ReturnType<typeof reach>;
  /** What stands beside the brokers (registry, Connect) and could not be read: nothing of it is planned, the rest is. */
  readonly unread: readonly Unread[];
}

export interface ReadOrder {
  readonly environment: string;
  readonly landscape: string;
  readonly cluster: ComposedCluster;
  /** All that is declared on this cluster. */
  readonly desired: readonly Resource[];
  /** What a command was narrowed to: nothing that is declared or owned outside it is looked for. */
  readonly selection?: Selection | undefined;
  readonly kinds: readonly Kind[];
  readonly depth: 'essential' | 'all';
  readonly foreign: boolean;
  readonly stores: SecretStores | undefined;
}

/**
 * Reads one cluster in bulk. What the ledger owns and the first read does not show is read again from another broker before anybody may call it
 * missing, and what either read shows is there. A failure of any read is a problem of this cluster: nothing of it is planned, the other clusters go on.
 */
export async function readLive(
  outside: Outside,
  opening: Store | Promise<Store>,
  order: ReadOrder,
): Promise<LiveCluster | Problem> {
  const { cluster } = order;
  try {
    const ports = await outside.cluster(cluster.name, cluster.spec, order.stores);
    const description = await ports.kafka.describeCluster();
    const store = await opening;
    const pinned = cluster.spec.clusterId ?? (await store.pinnedClusterId(cluster.name));
    if (pinned !== undefined && pinned !== description.clusterId)
      return planning('another-cluster', {
        message: `${cluster.name}: \`${description.clusterId}\` answers; the landscape's own cluster is \`${pinned}\`. Nothing was read or written.`,
        tenant: null,
        environment: order.environment,
      });
    const ledger = await store.ledger({ clusterId: description.clusterId });
    const owned = ledger.filter(entry => entry.environment === order.environment && entry.landscape === order.landscape);
    const reaches = reach(order.selection, [...order.desired, ...owned]);
    const here = { desired: order.desired.filter(reaches), owned: owned.filter(reaches) };
    const live = new Map<string, ReadonlyMap<string, Live>>();
    const unread: Unread[] = [];
    await Promise.all(
      order.kinds.flatMap(kind =>
        partsOf(kind, order, here).map(async ({ part, ...sides }) => {
          const read = await readPart(kind, order, () => readKind(kind, ports, outside, { ...order, ...sides }));
          if (read === undefined) return;
          if ('code' in read) unread.push({ kind: kind.name, ...(part === undefined ? {} : { part }), problem: read });
          else live.set(kind.name, new Map([...(live.get(kind.name) ?? []), ...read]));
        }),
      ),
    );
    const elsewhere = await heldElsewhere(store, order, { clusterId: description.clusterId, live });
    const inOrder = unread.toSorted((a, b) => (unreadName(a) < unreadName(b) ? -1 : 1));
    return {
      cluster,
      ports,
      description,
      ledger: [...ledger, ...elsewhere],
      live: inOrderOf(order.kinds, live),
      reaches,
      unread: inOrder,
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return unreachable(order, error);
  }
}

interface Here {
  readonly desired: readonly Resource[];
  readonly owned: readonly LedgerEntry[];
}

interface Part {
  readonly part?: string;
  readonly desired: readonly Resource[];
  readonly owned: ReadonlyMap<string, Fields>;
}

/** What of a kind is read at once: all of it, or what stands on one of several servers. Whoever looks for what nobody declared reads all at once. */
function partsOf(kind: Kind, { foreign }: ReadOrder, here: Here): Part[] {
  const wanted = here.desired.filter(resource => resource.kind === kind.name);
  const owned = here.owned.filter(entry => entry.kind === kind.name);
  const ofOwned = (entries: readonly LedgerEntry[]) => new Map(entries.map(entry => [entry.remoteName, entry.fields]));
  const partOf = kind.remote?.part;
  if (partOf === undefined || foreign) return [{ desired: wanted, owned: ofOwned(owned) }];
  return [...new Set([...wanted, ...owned].map(each => partOf(each.remoteName)))].map(part => ({
    part,
    desired: wanted.filter(each => partOf(each.remoteName) === part),
    owned: ofOwned(owned.filter(each => partOf(each.remoteName) === part)),
  }));
}

/** What stands on no cluster (a key in a store of secrets) may be owned through another cluster too: then it is not ours alone to take away. */
async function heldElsewhere(
  store: Store,
  { kinds, landscape }: ReadOrder,
  { clusterId, live }: { clusterId: string; live: ReadonlyMap<string, unknown> },
): Promise<LedgerEntry[]> {
  const beyond = new Set(kinds.filter(kind => live.has(kind.name) && isBeyond(kind)).map(kind => kind.name));
  if (beyond.size === 0) return [];
  return (await store.ledger({ landscape })).filter(entry => entry.clusterId !== clusterId && beyond.has(entry.kind));
}

const isBeyond = ({ remote }: Kind): boolean => remote?.needs.every(need => need === 'secrets') ?? false;

/** Answers come in any order; what is said of them does not depend on it. */
const inOrderOf = <Value>(kinds: readonly Kind[], found: ReadonlyMap<string, Value>): Map<string, Value> =>
  new Map(kinds.flatMap(({ name }) => (found.has(name) ? [[name, found.get(name) as Value] as const] : [])));

/** A registry, Connect cluster or store of secrets that fails takes only its own kinds with it; a broker that fails takes all. */
async function readPart(kind: Kind, order: ReadOrder, read: () => Promise<Map<string, Live> | undefined>) {
  try {
    return await read();
  } catch (error) {
    const beside = isBeyond(kind) || kind.remote?.needs.some(need => need === 'schemaRegistry' || need === 'connect');
    if (!(error instanceof Fault) || !beside) throw error;
    return unreachable(order, error, kind.plural);
  }
}

const unreachable = ({ cluster, environment }: ReadOrder, fault: Fault, what?: string): Problem =>
  planning('unreachable', {
    message: `${cluster.name}: ${what === undefined ? '' : `the ${what} were not read: `}${fault.message} (${fault.code})`,
    ...(fault.remedy === undefined ? {} : { hint: fault.remedy }),
    tenant: null,
    environment,
  });

async function readKind(
  kind: Kind,
  ports: ClusterPorts,
  outside: Outside,
  order: ReadOrder & Part,
): Promise<Map<string, Live> | undefined> {
  const { desired, owned } = order;
  if (kind.remote === undefined || (desired.length === 0 && owned.size === 0 && !order.foreign)) return undefined;
  outside.progress({ step: `reading ${kind.plural} on ${order.cluster.logical}` });
  const scope = { desired, owned, depth: order.depth, confirm: false, foreign: order.foreign, signal: outside.signal };
  const names = [...owned.keys()];
  const first = await kind.remote.read(ports, scope).catch(error => ifNothingIsThere(error, desired.length + owned.size));
  if (first === undefined) return undefined;
  let found = byName(first);
  for (let attempt = 0; attempt < 2 && isDoubtful(names, found, attempt); attempt++) {
    if (attempt > 0) await outside.sleep(restartedMs);
    found = new Map([...found, ...byName(await kind.remote.read(ports, { ...scope, confirm: true }))]);
  }
  return found;
}

/** Who looks for what nobody declared finds nothing where the cluster has no registry or Connect at all. */
function ifNothingIsThere(error: unknown, expected: number): undefined {
  if (error instanceof Fault && error.code.endsWith('/none') && expected === 0) return undefined;
  throw error;
}

const restartedMs = 500;

/** Something of ours is missing: asked again once, and once more where nothing at all of ours is listed, as a broker does that has just started. What one answer shows is there. */
const isDoubtful = (names: readonly string[], found: ReadonlyMap<string, Live>, attempt: number): boolean =>
  attempt === 0 ? names.some(name => !found.has(name)) : names.length > 1 && names.every(name => !found.has(name));

const byName = (live: readonly Live[]): Map<string, Live> => new Map(live.map(each => [each.remoteName, each]));

/** What a plan says of a cluster that it rests on. */
export const readingOf = ({ cluster, description, unread }: LiveCluster): Plan['clusters'][string] => ({
  name: cluster.name,
  clusterId: description.clusterId,
  ...(unread.length === 0 ? {} : { unread: unread.map(unreadName) }),
});
