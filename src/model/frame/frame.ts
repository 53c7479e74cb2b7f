import type { JsonObject } from '../json.ts';
import type { SecretReference } from '../redacted.ts';

/** The kinds that the flow itself must read. Each kind's `spec.ts` satisfies the type here. */
export interface LandscapeSpec {
  readonly environments: readonly string[];
  readonly store?: string | SecretReference;
  readonly defaults?: Readonly<Record<string, JsonObject>>;
  /** Public keys that secrets are sealed to: age recipients, and PEM files relative to the landscape. */
  readonly sealing?: { readonly recipients?: readonly string[]; readonly certificates?: readonly string[] };
  readonly [key: string]: unknown;
}

export interface EnvironmentSpec {
  /** Logical name → KafkaCluster. */
  readonly clusters: Readonly<Record<string, string>>;
  /** The logical cluster of documents that name none; the only one where there is one. */
  readonly default?: string;
  readonly prefix?: string;
  readonly after?: string;
  readonly variables?: Readonly<Record<string, string | number | boolean>>;
  readonly prune?: { readonly data?: boolean };
  readonly defaults?: Readonly<Record<string, JsonObject>>;
  readonly [key: string]: unknown;
}

export interface TlsSpec {
  readonly ca?: SecretReference;
  readonly certificate?: SecretReference;
  readonly key?: SecretReference;
}

/** Where a schema registry or a Connect cluster answers. */
export interface EndpointSpec {
  readonly url: string;
  readonly username?: string;
  readonly password?: SecretReference;
  readonly token?: SecretReference;
  readonly tls?: TlsSpec;
}

export interface ConnectEndpointSpec extends EndpointSpec {
  /** Store → what a connector's configuration says instead of a secret of it, `{key}` standing for the key. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface ClusterConnectionSpec {
  readonly bootstrapServers: readonly string[];
  readonly protocol?: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  readonly mechanism?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER';
  readonly username?: string;
  readonly password?: SecretReference;
  readonly tls?: TlsSpec;
  readonly oauth?: {
    readonly tokenEndpoint: string;
    readonly clientId: string;
    readonly clientSecret: SecretReference;
    readonly scope?: string;
  };
  readonly schemaRegistry?: EndpointSpec;
  /** Connect clusters by name. */
  readonly connect?: Readonly<Record<string, ConnectEndpointSpec>>;
  readonly [key: string]: unknown;
}

export interface KafkaClusterSpec {
  readonly clusterId?: string;
  readonly site?: string;
  readonly configuredBy?: string;
  /** `default` for all brokers, else by broker id. */
  readonly brokerConfig?: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
  /** The authority that signs client certificates. */
  readonly clientAuthority?: { readonly certificate: SecretReference; readonly key: SecretReference };
  readonly connection: 'local' | ClusterConnectionSpec;
}

/** What a tenant may own, by category; an absent one means `<tenant>.*`. */
export const ownedCategories = ['topics', 'groups', 'transactionalIds', 'accounts', 'connectors', 'subjects'] as const;
export type OwnedCategory = (typeof ownedCategories)[number];

export interface TenantSpec {
  readonly owners?: readonly JsonObject[];
  readonly cluster?: string;
  readonly owns?: Readonly<Partial<Record<OwnedCategory, readonly string[]>>>;
  readonly principals?: readonly string[];
  readonly limits?: Readonly<Record<string, string | number>>;
  readonly [key: string]: unknown;
}

/** A frame document with its parsed spec. */
export interface Framed<Spec> {
  readonly name: string;
  readonly spec: Spec;
}
