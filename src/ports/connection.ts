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

/** What was sent, by Kafka API name: the evidence for "a second apply sends no write". */
export interface RequestCounts {
  readonly byApi: ReadonlyMap<string, number>;
  readonly writes: number;
}
