import type { ItemResult } from '#model/fault.ts';
import type { RequestCounts } from './connection.ts';
import type { Secrets } from './secrets.ts';

/** What a connector shall do; Kafka Connect's target states (KIP-875). */
export type WantedState = 'running' | 'paused' | 'stopped';

export interface ConnectorTask {
  readonly id: number;
  /** In Connect's words: RUNNING, PAUSED, FAILED, UNASSIGNED, RESTARTING. */
  readonly state: string;
  /** Where it failed: the first line of its stack trace, bounded. */
  readonly trace: string | null;
}

/** One connector as its workers report it. Values of its config may be secrets: they leave the kind as `Redacted` or not at all. */
export interface LiveConnector {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly type: 'source' | 'sink' | 'unknown';
  /** In Connect's words: RUNNING, PAUSED, STOPPED, FAILED, UNASSIGNED, RESTARTING. */
  readonly state: string;
  readonly tasks: readonly ConnectorTask[];
}

export interface ConnectorPlugin {
  readonly class: string;
  readonly type: string;
  readonly version: string | null;
}

export interface ConnectorConfig {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** The worker's own opinion of a configuration, by field. */
export interface ConnectorVerdict {
  readonly fields: readonly {
    readonly name: string;
    readonly errors: readonly string[];
    /** Kafka's type of the field: STRING, PASSWORD, INT …; null where the plug-in does not know it. */
    readonly type: string | null;
    /** What holds where nothing is set. */
    readonly default: string | null;
  }[];
}

/** Workers with a config provider (KIP-297): a configuration says where a secret is, and the workers read it there. */
export interface SecretPlaces {
  /** What a configuration says instead of the secret `STORE.KEY`; undefined: the workers have no provider for its store. */
  reference(secret: string): string | undefined;
  /** The place that the provider reads, by `STORE.KEY`, where it is ours to fill. Absent: the workers reach the store themselves. */
  readonly place?: Secrets;
}

/** Where a connector has got to: `partition` and `offset` are the connector's own JSON objects. */
export interface ConnectorOffset {
  readonly partition: Readonly<Record<string, unknown>>;
  readonly offset: Readonly<Record<string, unknown>> | null;
}

/**
 * What we need of a Kafka Connect cluster (its REST API). One item's refusal is its result; 409 while the workers rebalance is tried again with jitter inside
 * the target. Workers that are down, slow, answer half or with a page of HTML throw a `Fault` (`connect/…`): never an empty list.
 */
export interface Connect extends AsyncDisposable {
  readonly requests: RequestCounts;
  /** Tells one Connect cluster from another, whatever it is called: where it answers, without login. */
  readonly address: string;
  /** How secrets reach the workers; without it a configuration carries the values themselves. */
  readonly secrets?: SecretPlaces;
  describe(): Promise<{ readonly version: string; readonly kafkaClusterId: string | null }>;
  /** All connectors with configuration and status, in one read. */
  connectors(): Promise<readonly LiveConnector[]>;
  /** The names alone: a connector that was made a moment ago has a name before it has a status. */
  names(): Promise<readonly string[]>;
  /** The connector classes that the workers have. */
  plugins(): Promise<readonly ConnectorPlugin[]>;
  /** What the workers say of these configurations (`PUT /connector-plugins/{class}/config/validate`). Writes nothing. */
  validate(configs: readonly ConnectorConfig[]): Promise<ItemResult<ConnectorVerdict>[]>;
  /** New connectors, each in its state from the start (KIP-980). */
  create(connectors: readonly (ConnectorConfig & { readonly state: WantedState })[]): Promise<ItemResult[]>;
  /** Replaces whole configurations. */
  configure(configs: readonly ConnectorConfig[]): Promise<ItemResult[]>;
  setState(states: readonly { readonly name: string; readonly state: WantedState }[]): Promise<ItemResult[]>;
  /** A connector that is not there is no failure. */
  remove(names: readonly string[]): Promise<ItemResult[]>;
  /** Restarts a connector and those of its tasks that failed, or all of them (KIP-745). */
  restart(name: string, how: { readonly onlyFailed: boolean }): Promise<ItemResult>;
  /** KIP-875; null where the workers do not tell. */
  offsets(name: string): Promise<readonly ConnectorOffset[] | null>;
  /** Forgets where a stopped connector has got to (KIP-875). */
  resetOffsets(name: string): Promise<ItemResult>;
}
