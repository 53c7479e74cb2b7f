import { clusterLogin, loginCluster } from '#model/cluster-login.ts';
import { Fault } from '#model/fault.ts';
import type { KafkaClusterSpec } from '#model/frame/frame.ts';
import { Redacted } from '#model/redacted.ts';
import type { KafkaConnection } from '#ports/connection.ts';
import type { Secrets } from '#ports/secrets.ts';
import { kafkaConnection, type ReadSecret } from './connections.ts';

export interface Known {
  readonly clusters: ReadonlyMap<string, KafkaClusterSpec>;
  /** Where `kaas up` keeps a local cluster. */
  directory(cluster: string): string;
  readonly read: ReadSecret;
}

/** The store `KafkaCluster/NAME` (see `clusterLogin`), read anew each time; undefined for every other store's name. */
export function clusterLogins(known: Known): (store: string) => Secrets | undefined {
  return store => {
    const cluster = loginCluster(store);
    const spec = cluster === undefined ? undefined : known.clusters.get(cluster);
    return cluster === undefined || spec === undefined ? undefined : loginStore(cluster, spec, known);
  };
}

function loginStore(cluster: string, spec: KafkaClusterSpec, { directory, read }: Known): Secrets {
  const all = async () => propertiesOf(await kafkaConnection(directory(cluster), cluster, { spec, read, down: true }));
  const refuse = () =>
    Promise.reject(
      new Fault('secrets/read-only', `\`${clusterLogin(cluster)}\` follows from the KafkaCluster and cannot be written.`),
    );
  return {
    get: async key => (await all()).get(key),
    async getAll(keys) {
      const found = await all();
      return new Map(keys.flatMap(key => (found.has(key) ? [[key, found.get(key) as Redacted]] : [])));
    },
    keys: async () => [...(await all()).keys()].toSorted(),
    place: async key => `\`${key}\` of the KafkaCluster \`${cluster}\``,
    address: async key => `${clusterLogin(cluster)} ${key}`,
    examine: async () => `${(await all()).size} settings of the KafkaCluster \`${cluster}\``,
    put: refuse,
    putAll: refuse,
    deleteAll: refuse,
  };
}

const modules: Readonly<Record<string, string>> = {
  PLAIN: 'plain.PlainLoginModule',
  'SCRAM-SHA-256': 'scram.ScramLoginModule',
  'SCRAM-SHA-512': 'scram.ScramLoginModule',
  OAUTHBEARER: 'oauthbearer.OAuthBearerLoginModule',
};

/** The properties of Kafka's Java clients that log in so; PEM texts stand in them as they are (KIP-651). */
function propertiesOf(connection: KafkaConnection): Map<string, Redacted> {
  const { bootstrapServers, mechanism, username, password, tls, oauth } = connection;
  const options =
    mechanism === 'OAUTHBEARER'
      ? { clientId: oauth?.clientId, clientSecret: oauth?.clientSecret.reveal(), scope: oauth?.scope }
      : { username, password: password?.reveal() };
  const texts: Record<string, string | undefined> = {
    'bootstrap.servers': bootstrapServers.join(','),
    'sasl.jaas.config': mechanism && jaas(modules[mechanism] as string, options),
    'ssl.truststore.certificates': tls?.ca,
    'ssl.keystore.certificate.chain': tls?.certificate,
    'ssl.keystore.key': tls?.key?.reveal(),
  };
  return new Map(
    Object.entries(texts).flatMap(([key, text]) => (text === undefined ? [] : [[key, new Redacted(text)] as const])),
  );
}

/** One line of JAAS, its values quoted as Kafka reads them. */
const jaas = (module: string, options: Readonly<Record<string, string | undefined>>): string =>
  `org.apache.kafka.common.security.${module} required${Object.entries(options)
    .map(([key, value]) => (value === undefined ? '' : ` ${key}="${value.replace(/["\\]/g, '\\$&')}"`))
    .join('')};`;
