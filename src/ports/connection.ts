import type { Redacted } from '#model/redacted.ts';

/** A PEM text, read already. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: Redacted;
}

/** How to reach one cluster, every secret already read. `label` is the KafkaCluster's name, for messages. */
export interface KafkaConnection {
  readonly label: string;
  readonly bootstrapServers: readonly string[];
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  readonly mechanism?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER';
  readonly username?: string;
  readonly password?: Redacted;
  readonly tls?: TlsMaterial;
  readonly oauth?: {
    readonly tokenEndpoint: string;
    readonly clientId: string;
    readonly clientSecret: Redacted;
    readonly scope?: string;
  };
  /** Longest time for one request, in milliseconds (default 30,000). */
  readonly requestTimeoutMs?: number;
}

/** How to reach a schema registry or a Connect cluster, every secret already read. `label` says whose it is, for messages: `schema registry of prod-eu`. */
export interface EndpointConnection {
  readonly label: string;
  /** With scheme, and with a path where the API stands below one. */
  readonly url: string;
  readonly username?: string;
  readonly password?: Redacted;
  /** Bearer token, instead of user and password. */
  readonly token?: Redacted;
  readonly tls?: TlsMaterial;
  /** Longest time for one request, in milliseconds (default 30,000). */
  readonly requestTimeoutMs?: number;
}

/** What was sent, by Kafka API name (for REST by method and path, names left out): the evidence for "a second apply sends no write". */
export interface RequestCounts {
  readonly byApi: ReadonlyMap<string, number>;
  readonly writes: number;
}
