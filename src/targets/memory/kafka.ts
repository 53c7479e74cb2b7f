import { Fault, type ItemResult, refused, succeeded } from '#model/fault.ts';
import type { AclBinding, ConfigAlteration, ConfigEntry, Kafka, NewTopic, QuotaEntity } from '#ports/kafka.ts';
import { topicConfigs } from './kafka-catalogue.ts';
import { replicaCalls } from './kafka-replicas.ts';

export interface MemoryTopic {
  readonly id: string;
  replicationFactor: number;
  /** The factor that it is on its way to. */
  moving?: number;
  partitions: number;
  readonly config: Map<string, string>;
}

/** Everything that a memory cluster holds: two ports on one state see each other's writes. */
export interface MemoryCluster {
  readonly clusterId: string;
  readonly brokers: number;
  readonly topics: Map<string, MemoryTopic>;
  readonly acls: Map<string, AclBinding>;
  readonly users: Map<string, Map<string, number>>;
  readonly quotas: Map<string, { entity: QuotaEntity; limits: Map<string, number> }>;
  readonly configs: Map<string, Map<string, string>>;
  serial: number;
  /** Replicas stay on their way until `arrive`; otherwise they arrive at once. */
  slow: boolean;
}

/** A cluster of three brokers that holds nothing. */
export const emptyCluster = (brokers = 3): MemoryCluster => ({
  clusterId: 'memory',
  brokers,
  topics: new Map(),
  acls: new Map(),
  users: new Map(),
  quotas: new Map(),
  configs: new Map(),
  serial: 0,
  slow: false,
});

const no = (code: string, message: string) => refused(new Fault(`kafka/${code}`, message));
const aclKey = (acl: AclBinding): string =>
  JSON.stringify([acl.principal, acl.resourceType, acl.pattern, acl.resourceName, acl.operation, acl.permission, acl.host]);
const quotaKey = ({ user, clientId, ip }: QuotaEntity): string =>
  JSON.stringify([user === undefined ? 0 : user, clientId === undefined ? 0 : clientId, ip === undefined ? 0 : ip]);

/** The port in memory: it refuses what a broker refuses, in the broker's words, and is what tests and offline plans run on. The contract suite keeps it honest. */
export function memoryKafka(cluster: MemoryCluster = emptyCluster()): Kafka {
  return {
    ...replicaCalls(cluster),
    describeFeatures: async () => ({ release: null, features: [] }),
    topicRights: async () => new Map(),
    mutationsLimited: async () => false,
    user: null,
    async describeCluster() {
      const brokers = Array.from({ length: cluster.brokers }, (_, index) => ({
        id: index + 1,
        host: 'memory',
        port: index + 1,
        rack: null,
      }));
      return { clusterId: cluster.clusterId, controllerId: 1, brokers, authorizedOperations: null };
    },
    async describeConfigs(requests) {
      return requests.map(({ type, name, keys }) => {
        const topic = cluster.topics.get(name);
        if (type === 'topic' && topic === undefined)
          return no('unknown-topic-or-partition', `The topic '${name}' does not exist.`);
        const known = type === 'topic' ? Object.entries(topicConfigs).map(([key, { initial }]) => [key, initial] as const) : [];
        const set =
          type === 'topic'
            ? (topic as MemoryTopic).config
            : (cluster.configs.get(`${type}\t${name}`) ?? new Map<string, string>());
        const source = type === 'topic' ? 'topic' : type === 'group' ? 'group' : name === '' ? 'dynamic-default' : 'broker';
        const entries = [
          ...new Map<string, ConfigEntry>([
            ...known.map(([key, value]) => [key, entry(key, value, 'default')] as const),
            ...[...set].map(([key, value]) => [key, entry(key, value, source)] as const),
          ]).values(),
        ];
        return { ok: true, value: keys === undefined ? entries : entries.filter(each => keys.includes(each.name)) };
      });
    },
    async createTopics(topics, { validateOnly }) {
      return topics.map(topic => {
        const problem = refusalOf(cluster, topic);
        if (problem !== undefined) return problem;
        const id = `topic-${++cluster.serial}`;
        if (!validateOnly)
          cluster.topics.set(topic.name, {
            id,
            partitions: Math.max(1, topic.partitions),
            replicationFactor: Math.max(1, topic.replicationFactor),
            config: new Map(Object.entries(topic.config)),
          });
        return { ok: true, value: id };
      });
    },
    async createPartitions(growths, { validateOnly }) {
      return growths.map(({ topic: name, total }) => {
        const topic = cluster.topics.get(name);
        if (topic === undefined) return no('unknown-topic-or-partition', `The topic '${name}' does not exist.`);
        if (total <= topic.partitions)
          return no(
            'invalid-partitions',
            `The topic ${name} currently has ${topic.partitions} partition(s); ${total} would not be an increase.`,
          );
        if (!validateOnly) topic.partitions = total;
        return succeeded;
      });
    },
    async deleteTopics(topics) {
      return topics.map(({ name, id }) => {
        if (cluster.topics.get(name)?.id !== id) return no('unknown-topic-id', 'This server does not host this topic ID.');
        cluster.topics.delete(name);
        return succeeded;
      });
    },
    async alterConfigs(alterations, { validateOnly }) {
      return alterations.map(alteration => alter(cluster, alteration, validateOnly));
    },
    async listConfiguredGroups() {
      return [...cluster.configs].flatMap(([key, set]) =>
        key.startsWith('group\t') && set.size > 0 ? [key.slice('group\t'.length)] : [],
      );
    },
    listAcls: async ({ topics } = {}) =>
      [...cluster.acls.values()].filter(
        each =>
          topics === undefined ||
          (each.resourceType === 'topic' && each.pattern === 'literal' && topics.includes(each.resourceName)),
      ),
    async createAcls(bindings) {
      for (const binding of bindings) cluster.acls.set(aclKey(binding), { ...binding });
      return bindings.map(() => succeeded);
    },
    async deleteAcls(bindings) {
      for (const binding of bindings) cluster.acls.delete(aclKey(binding));
      return bindings.map(() => succeeded);
    },
    async listScramUsers() {
      return [...cluster.users].map(([user, credentials]) => ({
        user,
        credentials: [...credentials].map(([mechanism, iterations]) => ({ mechanism: mechanism as 'SCRAM-SHA-512', iterations })),
      }));
    },
    async upsertScramUsers(credentials) {
      return credentials.map(({ user, mechanism, iterations }) => {
        if (iterations < 4_096 || iterations > 16_384) return no('unacceptable-credential', 'Too few or too many iterations.');
        cluster.users.set(user, (cluster.users.get(user) ?? new Map<string, number>()).set(mechanism, iterations));
        return succeeded;
      });
    },
    async deleteScramUsers(credentials) {
      return credentials.map(({ user, mechanism }) => {
        const known = cluster.users.get(user);
        if (known?.delete(mechanism) !== true)
          return no('resource-not-found', 'Attempt to delete a user credential that does not exist');
        if (known.size === 0) cluster.users.delete(user);
        return succeeded;
      });
    },
    async listQuotas() {
      return [...cluster.quotas.values()].map(({ entity, limits }) => ({ entity, limits: Object.fromEntries(limits) }));
    },
    async alterQuotas(alterations, { validateOnly }) {
      return alterations.map<ItemResult>(({ entity, set, unset }) => {
        if (entity.ip !== undefined && (entity.user !== undefined || entity.clientId !== undefined))
          return no('invalid-request', 'Invalid quota entity combination');
        for (const [key, value] of Object.entries(set))
          if (key.endsWith('_byte_rate') && !Number.isInteger(value))
            return no('invalid-request', `Invalid value for quota ${key}`);
        if (validateOnly) return succeeded;
        const known = cluster.quotas.get(quotaKey(entity)) ?? { entity, limits: new Map<string, number>() };
        for (const [key, value] of Object.entries(set)) known.limits.set(key, value);
        for (const key of unset) known.limits.delete(key);
        if (known.limits.size > 0) cluster.quotas.set(quotaKey(entity), known);
        else cluster.quotas.delete(quotaKey(entity));
        return succeeded;
      });
    },
    describeGroups: async () => [],
    measureTopics: async names =>
      new Map(
        names
          .filter(name => cluster.topics.has(name))
          .map(name => [name, { bytes: 0, records: 0, ends: new Map(), lastWrite: null }]),
      ),
    countOlder: async ages => new Map([...ages.keys()].filter(name => cluster.topics.has(name)).map(name => [name, 0])),
    async [Symbol.asyncDispose]() {},
  };
}

const entry = (name: string, value: string, source: ConfigEntry['source']): ConfigEntry => ({
  name,
  value,
  source,
  sensitive: false,
  readOnly: false,
});

function refusalOf(cluster: MemoryCluster, topic: NewTopic): ReturnType<typeof refused> | undefined {
  if (!/^[a-zA-Z0-9._-]{1,249}$/.test(topic.name)) return no('invalid-topic-exception', `Topic name is invalid: '${topic.name}'`);
  if (cluster.topics.has(topic.name)) return no('topic-already-exists', `Topic '${topic.name}' already exists.`);
  const metric = topic.name.replaceAll('.', '_');
  const twin = [...cluster.topics.keys()].find(name => name.replaceAll('.', '_') === metric);
  if (twin !== undefined) return no('invalid-topic-exception', `Topic '${topic.name}' collides with existing topic: ${twin}`);
  if (topic.partitions === 0 || topic.partitions < -1)
    return no('invalid-partitions', 'Number of partitions was set to an invalid non-positive value.');
  if (topic.replicationFactor > cluster.brokers)
    return no(
      'invalid-replication-factor',
      `Unable to replicate the partition ${topic.replicationFactor} time(s): The target replication factor of ${topic.replicationFactor} cannot be reached because only ${cluster.brokers} broker(s) are registered.`,
    );
  for (const [key, value] of Object.entries(topic.config)) {
    const wrong = wrongConfig(key, value);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongConfig(key: string, value: string): ReturnType<typeof refused> | undefined {
  const known = topicConfigs[key];
  if (known === undefined) return no('invalid-config', `Unknown topic config name: ${key}`);
  return known.valid.test(value) ? undefined : no('invalid-config', `Invalid value ${value} for configuration ${key}`);
}

function alter(cluster: MemoryCluster, { type, name, set, unset }: ConfigAlteration, validateOnly: boolean): ItemResult {
  const topic = cluster.topics.get(name);
  if (type === 'topic' && topic === undefined) return no('unknown-topic-or-partition', `The topic '${name}' does not exist.`);
  if (type === 'topic')
    for (const [key, value] of Object.entries(set)) {
      const wrong = wrongConfig(key, value);
      if (wrong !== undefined) return wrong;
    }
  if (validateOnly) return succeeded;
  const held =
    type === 'topic' ? (topic as MemoryTopic).config : (cluster.configs.get(`${type}\t${name}`) ?? new Map<string, string>());
  for (const [key, value] of Object.entries(set)) held.set(key, value);
  for (const key of unset) held.delete(key);
  if (type !== 'topic') cluster.configs.set(`${type}\t${name}`, held);
  return succeeded;
}
