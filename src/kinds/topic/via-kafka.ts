import type { Change, Fields, FieldValue, Outcome } from '#model/change.ts';
import { Fault, type ItemResult, refused, succeeded } from '#model/fault.ts';
import { isOurThrottle } from '#model/replication-throttle.ts';
import type { Resource } from '#model/resource.ts';
import type { ConfigEntry, ConfigRequest, Reassignment, TopicListing } from '#ports/kafka.ts';
import type { ApplyContext, ClusterPorts, Live, ReadScope } from '../kind.ts';
import { outcomesOf } from '../kind.ts';
import { brokerDefaults } from './broker-defaults.ts';
import { movesReplicas, reassign, replicationFactor } from './reassign.ts';

const configPrefix = 'config.';
const internal = (topic: TopicListing): boolean => topic.internal || topic.name.startsWith('__') || topic.name === '_schemas';

/**
 * All topics by name; in full those that are declared or owned (every one of them for import). A declared or owned one that is missing is surely absent.
 * Two kinds of request, whatever the count of topics; the configuration of what we own is asked for without waiting for the list.
 */
export async function read(ports: ClusterPorts, scope: ReadScope): Promise<Live[]> {
  const declared = new Map(scope.desired.map(resource => [resource.remoteName, resource]));
  const asked = (name: string) => ({
    type: 'topic' as const,
    name,
    ...(scope.depth === 'all' ? {} : { keys: essentialKeys(declared.get(name)?.spec.config, scope.owned.get(name)) }),
  });
  const [topics, owned] = await Promise.all([
    ports.kafka.listTopics({ confirm: scope.confirm, expect: [...declared.keys(), ...scope.owned.keys()] }),
    configsOf(ports, [...scope.owned.keys()].map(asked)),
  ]);
  // A topic that a busy cluster has just made may be listed a moment after its configuration was asked for: it is asked for again.
  const others = topics.filter(
    ({ name }) => owned.get(name)?.ok !== true && (scope.foreign || declared.has(name) || scope.owned.has(name)),
  );
  const configs = new Map([
    ...owned,
    ...(await configsOf(
      ports,
      others.map(topic => asked(topic.name)),
    )),
  ]);
  const wished = (name: string): unknown =>
    declared.get(name)?.spec.replicationFactor ?? scope.owned.get(name)?.replicationFactor;
  const running = await underWay(
    ports,
    topics.filter(({ name }) => declared.has(name) || scope.owned.has(name)),
    wished,
  );
  const fallbacks = topics.some(({ name }) => dropsLimit(declared.get(name), scope.owned.get(name)))
    ? await brokerDefaults(ports)
    : {};
  return topics.map(topic => {
    const answer = configs.get(topic.name);
    if (answer !== undefined && !answer.ok) throw answer.fault;
    const live = toLive(topic, answer?.value, { running: running.get(topic.name) ?? [], wished: wished(topic.name) });
    return dropsLimit(declared.get(topic.name), scope.owned.get(topic.name))
      ? { ...live, defaults: { ...fallbacks, ...live.defaults } }
      : live;
  });
}

/** Reassignments by topic, asked for only where a replica is missing or one too many: nothing else can be on its way. Without the right to see them, none. */
async function underWay(
  ports: ClusterPorts,
  topics: readonly TopicListing[],
  wished: (name: string) => unknown,
): Promise<Map<string, Reassignment[]>> {
  const restless = topics.some(({ name, partitions }) =>
    partitions.some(
      ({ replicas, inSync }) => replicas.length > inSync.length || replicas.length !== (wished(name) ?? replicas.length),
    ),
  );
  if (!restless) return new Map();
  try {
    return Map.groupBy(await ports.kafka.listReassignments(), each => each.topic);
  } catch (error) {
    if (error instanceof Fault && error.code.endsWith('authorization-failed')) return new Map();
    throw error;
  }
}

/** Is a limit of ours that the document names no more about to give way to the broker's default, which nothing else shows? */
const dropsLimit = (resource: Resource | undefined, owned: Fields = {}): boolean =>
  resource !== undefined &&
  Object.keys(owned).some(
    path =>
      /^config\.(retention\.(ms|bytes)|min\.insync\.replicas)$/.test(path) &&
      !Object.hasOwn((resource.spec.config ?? {}) as object, path.slice(configPrefix.length)),
  );

type Configs = Map<string, ItemResult<ConfigEntry[]>>;

async function configsOf(ports: ClusterPorts, requests: readonly ConfigRequest[]): Promise<Configs> {
  const answers = await ports.kafka.describeConfigs(requests);
  return new Map(answers.map((answer, index) => [(requests[index] as ConfigRequest).name, answer]));
}

function essentialKeys(config: unknown, owned: Fields | undefined): string[] {
  const keys = new Set(['min.insync.replicas', ...Object.keys((config ?? {}) as object)]);
  for (const path of Object.keys(owned ?? {})) if (path.startsWith(configPrefix)) keys.add(path.slice(configPrefix.length));
  return [...keys];
}

function toLive(
  topic: TopicListing,
  entries: readonly ConfigEntry[] = [],
  { running, wished }: { running: readonly Reassignment[]; wished: unknown },
): Live {
  const fields: Record<string, FieldValue> = {
    partitions: topic.partitions.length,
    replicationFactor: replicationFactor(topic.partitions, running, wished),
  };
  const defaults: Record<string, FieldValue> = {};
  for (const entry of entries.filter(each => !isOurThrottle(each.name, each.value)))
    (entry.source === 'topic' ? fields : defaults)[configPrefix + entry.name] = entry.value;
  const offline = topic.partitions.filter(partition => partition.leader < 0).map(partition => partition.index);
  return {
    remoteName: topic.name,
    remoteId: topic.id,
    fields,
    defaults,
    internal: internal(topic),
    details: { offline, partitions: topic.partitions, moving: running.length },
  };
}

const configOf = (change: Pick<Work, 'fields'>): { set: Record<string, string>; unset: string[] } => {
  const set: Record<string, string> = {};
  const unset: string[] = [];
  for (const field of change.fields)
    if (field.path.startsWith(configPrefix)) {
      const key = field.path.slice(configPrefix.length);
      if (field.to === null) unset.push(key);
      else set[key] = String(field.to);
    }
  return { set, unset };
};

const number = (change: Pick<Work, 'fields'>, path: string): number | undefined => {
  const to = change.fields.find(field => field.path === path)?.to;
  return typeof to === 'number' ? to : undefined;
};

interface Work {
  readonly action: Change['action'];
  readonly remoteName: string;
  readonly fields: readonly Pick<Change['fields'][number], 'path' | 'to'>[];
}

/** The writes that one batch of changes asks for, or whether the broker would accept them. One result per change; of a new topic its id. */
export async function write(
  ports: ClusterPorts,
  changes: readonly Work[],
  validateOnly: boolean,
): Promise<ItemResult<unknown>[]> {
  const results: ItemResult<unknown>[] = changes.map(() => succeeded);
  const step = async (chosen: readonly number[], call: (work: Work[]) => Promise<ItemResult<unknown>[]>) => {
    const live = chosen.filter(index => results[index]?.ok);
    if (live.length === 0) return;
    const answers = await call(live.map(index => changes[index] as Work));
    answers.forEach((answer, position) => {
      results[live[position] as number] = answer;
    });
  };
  const where = (holds: (work: Work) => boolean) => changes.flatMap((work, index) => (holds(work) ? [index] : []));
  const options = { validateOnly };
  await step(
    where(work => work.action === 'create'),
    work =>
      ports.kafka.createTopics(
        work.map(each => ({
          name: each.remoteName,
          partitions: number(each, 'partitions') ?? -1,
          replicationFactor: number(each, 'replicationFactor') ?? -1,
          config: configOf(each).set,
        })),
        options,
      ),
  );
  const updates = where(work => work.action === 'update');
  await step(
    updates.filter(index => number(changes[index] as Work, 'partitions') !== undefined),
    work =>
      ports.kafka.createPartitions(
        work.map(each => ({ topic: each.remoteName, total: number(each, 'partitions') as number })),
        options,
      ),
  );
  await step(
    updates.filter(index => (changes[index] as Work).fields.some(field => field.path.startsWith(configPrefix))),
    work =>
      ports.kafka.alterConfigs(
        work.map(each => ({ type: 'topic', name: each.remoteName, ...configOf(each) })),
        options,
      ),
  );
  return results;
}

/** Applies one batch: creates, growth, configs, then reassignments, which outlast the call (`started`), then deletions by topic id. */
export async function apply(ports: ClusterPorts, changes: readonly Change[], _context: ApplyContext): Promise<Outcome[]> {
  const deletions = changes.filter(change => change.action === 'delete');
  const others = changes.filter(change => change.action !== 'delete');
  const outcomes = new Map<Change, Outcome>();
  const written = await write(ports, others, false);
  outcomesOf(written).forEach((outcome, index) => {
    const id = written[index]?.ok ? written[index].value : undefined;
    outcomes.set(others[index] as Change, typeof id === 'string' ? { ...outcome, remoteId: id } : outcome);
  });
  const moving = others.filter(change => movesReplicas(change) && outcomes.get(change)?.state === 'applied');
  if (moving.length > 0)
    (await reassigned(ports, moving)).forEach((outcome, index) => {
      outcomes.set(moving[index] as Change, outcome);
    });
  if (deletions.length > 0) {
    const answers = await ports.kafka.deleteTopics(
      deletions.map(change => ({ name: change.remoteName, id: change.remoteId ?? '' })),
    );
    outcomesOf(answers).forEach((outcome, index) => {
      outcomes.set(deletions[index] as Change, outcome);
    });
  }
  return changes.map(change => outcomes.get(change) as Outcome);
}

/** A fault between the steps concerns the replicas alone: what was written before it stands. */
async function reassigned(ports: ClusterPorts, changes: readonly Change[]): Promise<Outcome[]> {
  try {
    return await reassign(ports, changes);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return outcomesOf(changes.map(() => refused(error)));
  }
}
