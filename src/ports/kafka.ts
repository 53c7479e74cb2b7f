import type { ItemResult } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';

/**
 * What we ask of one Kafka cluster, in batches, because Kafka works in batches. A call whose items fail one by one returns one
 * `ItemResult` per item, in order; a call that fails as a whole throws a `Fault`. Reads are complete or throw. Implementations size
 * and page their requests (kafka's limit of 10,000 metadata records per request), obey throttle times and never retry an accepted item.
 */
export interface Kafka extends AsyncDisposable {
  /** The SASL user that we are; null where the connection names none. */
  readonly user: string | null;
  describeCluster(): Promise<ClusterDescription>;
  /** Which Kafka answers (`4.3`; null where the release is not known to us) and which features the cluster has switched on, by name. */
  describeFeatures(): Promise<{ release: string | null; features: readonly { name: string; level: number }[] }>;
  /**
   * All topics, internal ones included, with their partitions; one metadata request. `confirm` asks another broker than the last read.
   * What is not listed may be hidden from our principal: names in `expect` are absent if they are missing, or a `Fault` says which right we lack.
   */
  listTopics(options?: { confirm?: boolean; expect?: readonly string[] }): Promise<TopicListing[]>;
  /** What our own principal may do to these topics; null where the broker did not say, no entry for what it does not know. */
  topicRights(names: readonly string[]): Promise<Map<string, readonly AclOperation[] | null>>;
  describeConfigs(requests: readonly ConfigRequest[]): Promise<ItemResult<ConfigEntry[]>[]>;
  /**
   * Names of all groups that have configuration of their own, also of those that have neither members nor offsets and that no broker lists as groups
   * (ListConfigResources version 1, KIP-1142, Kafka 4.1); null from a broker that cannot tell, which says nothing of what there is.
   */
  listConfiguredGroups(): Promise<string[] | null>;
  /** Gives each new topic's id; of a validate-only request an id that means nothing. */
  createTopics(topics: readonly NewTopic[], options: WriteOptions): Promise<ItemResult<string>[]>;
  createPartitions(growths: readonly { topic: string; total: number }[], options: WriteOptions): Promise<ItemResult[]>;
  deleteTopics(topics: readonly { name: string; id: string }[]): Promise<ItemResult[]>;
  alterConfigs(alterations: readonly ConfigAlteration[], options: WriteOptions): Promise<ItemResult[]>;
  /** All of them, or only those that name one of these topics as it is (not by a prefix or a wildcard). */
  listAcls(options?: { confirm?: boolean; topics?: readonly string[] }): Promise<AclBinding[]>;
  createAcls(bindings: readonly AclBinding[]): Promise<ItemResult[]>;
  /** Removes exactly these bindings: never by a wider filter. */
  deleteAcls(bindings: readonly AclBinding[]): Promise<ItemResult[]>;
  listScramUsers(): Promise<ScramUser[]>;
  upsertScramUsers(credentials: readonly ScramCredential[]): Promise<ItemResult[]>;
  deleteScramUsers(credentials: readonly { user: string; mechanism: ScramMechanism }[]): Promise<ItemResult[]>;
  listQuotas(): Promise<QuotaEntry[]>;
  alterQuotas(alterations: readonly QuotaAlteration[], options: WriteOptions): Promise<ItemResult[]>;
  /** May a quota slow down what we create or delete (KIP-599)? Where our own user is not known, any user's quota counts. */
  mutationsLimited(): Promise<boolean>;
  /** Groups with their live members and what they have committed, with the offsets on some topics: evidence for risky changes. */
  describeGroups(options?: { offsetsOf?: readonly string[] }): Promise<GroupDescription[]>;
  /** Bytes and records that stand on these topics now (largest replica; records are end minus start offset), and where each partition ends. */
  measureTopics(names: readonly string[]): Promise<Map<string, TopicMeasure>>;
  /** How many records of each topic are older than an age of its own, in milliseconds. */
  countOlder(ages: ReadonlyMap<string, number>): Promise<Map<string, number>>;
  /** Asks the controller to bring each partition's replicas to these brokers; the moving outlasts the call. */
  reassign(assignments: readonly PartitionAssignment[]): Promise<ItemResult[]>;
  /** What is being moved now, whoever asked for it (KIP-455); the controller answers, so what `reassign` accepted is listed until it is done. */
  listReassignments(): Promise<Reassignment[]>;
}

export interface WriteOptions {
  /** Ask whether the broker would accept it; writes nothing. */
  readonly validateOnly: boolean;
}

export interface Broker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

export interface ClusterDescription {
  readonly clusterId: string;
  readonly controllerId: number;
  readonly brokers: readonly Broker[];
  /** What our own principal may do to the cluster (Kafka's operation names, e.g. `ALTER`); null when the broker did not say, as where we may not DESCRIBE it. */
  readonly authorizedOperations: readonly AclOperation[] | null;
}

export interface PartitionListing {
  readonly index: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

export interface TopicListing {
  readonly name: string;
  /** Kafka's topic id (UUID text): the same name with another id is another topic. */
  readonly id: string;
  readonly internal: boolean;
  readonly partitions: readonly PartitionListing[];
}

export type ConfigResourceType = 'topic' | 'broker' | 'group' | 'client-metrics';

export interface ConfigRequest {
  readonly type: ConfigResourceType;
  /** Topic or group name, broker id, or '' for the cluster-wide dynamic default of brokers. */
  readonly name: string;
  /** Which keys; all of them when absent. */
  readonly keys?: readonly string[];
}

export interface ConfigEntry {
  readonly name: string;
  /** Null where the broker hides it. */
  readonly value: string | null;
  readonly source: 'topic' | 'broker' | 'dynamic-default' | 'static' | 'default' | 'group' | 'unknown';
  readonly sensitive: boolean;
  readonly readOnly: boolean;
}

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface ConfigAlteration {
  readonly type: ConfigResourceType;
  readonly name: string;
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

export type AclResourceType = 'topic' | 'group' | 'transactionalId' | 'cluster' | 'delegationToken' | 'user';
export type AclPattern = 'literal' | 'prefixed';
export const aclOperations = [
  'ALL',
  'READ',
  'WRITE',
  'CREATE',
  'DELETE',
  'ALTER',
  'DESCRIBE',
  'CLUSTER_ACTION',
  'DESCRIBE_CONFIGS',
  'ALTER_CONFIGS',
  'IDEMPOTENT_WRITE',
  'CREATE_TOKENS',
  'DESCRIBE_TOKENS',
  'TWO_PHASE_COMMIT',
] as const;
export type AclOperation = (typeof aclOperations)[number];

export interface AclBinding {
  /** With its type: `User:payments.checkout`. */
  readonly principal: string;
  readonly resourceType: AclResourceType;
  readonly resourceName: string;
  readonly pattern: AclPattern;
  readonly operation: AclOperation;
  readonly permission: 'ALLOW' | 'DENY';
  readonly host: string;
}

export type ScramMechanism = 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

export interface ScramUser {
  readonly user: string;
  readonly credentials: readonly { readonly mechanism: ScramMechanism; readonly iterations: number }[];
}

/** The salted password is computed by the target (PBKDF2, off the event loop). */
export interface ScramCredential {
  readonly user: string;
  readonly mechanism: ScramMechanism;
  readonly iterations: number;
  readonly password: Redacted;
}

/** A part is a name, or null for Kafka's default entity of that type; an absent part does not take part. `ip` stands alone. */
export interface QuotaEntity {
  readonly user?: string | null;
  readonly clientId?: string | null;
  readonly ip?: string | null;
}

export interface QuotaEntry {
  readonly entity: QuotaEntity;
  readonly limits: Readonly<Record<string, number>>;
}

export interface QuotaAlteration {
  readonly entity: QuotaEntity;
  readonly set: Readonly<Record<string, number>>;
  readonly unset: readonly string[];
}

export interface GroupDescription {
  readonly id: string;
  /** Kafka's type of group: classic, consumer, share, streams. */
  readonly type: string;
  readonly state: string;
  readonly members: number;
  /** Topics that its members are assigned or that it has committed offsets for. */
  readonly topics: readonly string[];
  /** Of the topics that were asked for: committed offset by topic and partition. A share group commits none. */
  readonly committed: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

export interface TopicMeasure {
  readonly bytes: number;
  readonly records: number;
  /** The offset of the next record, by partition; no entry where a partition has no leader. */
  readonly ends: ReadonlyMap<number, number>;
  /** The newest record's time in milliseconds since 1970; null where there is none. */
  readonly lastWrite: number | null;
}

export interface PartitionAssignment {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
}

/** One partition under way: `replicas` are all that it has meanwhile, those that come and those that go included. */
export interface Reassignment extends PartitionAssignment {
  readonly adding: readonly number[];
  readonly removing: readonly number[];
}
