import { Fault } from '#model/fault.ts';
import type { ClusterConnectionSpec, EndpointSpec, KafkaClusterSpec, TlsSpec } from '#model/frame/frame.ts';
import type { Redacted, SecretReference } from '#model/redacted.ts';
import type { SecretPlaces } from '#ports/connect.ts';
import type { EndpointConnection, KafkaConnection, TlsMaterial } from '#ports/connection.ts';

/** Reads one secret where its reference says. */
export type ReadSecret = (reference: SecretReference) => Promise<Redacted>;

/** How to reach the brokers of a KafkaCluster: as its document says, or as `kaas up` left it in `directory`, `down` if need be. */
export async function kafkaConnection(
  directory: string,
  label: string,
  { spec, read, down = false }: { spec: KafkaClusterSpec; read: ReadSecret; down?: boolean },
): Promise<KafkaConnection> {
  if (spec.connection !== 'local') return remoteKafka(label, spec.connection, read);
  const { bootstrapServers, readLocalKafka, runningPids } = await import('#targets/processes/index.ts');
  const local = readLocalKafka(directory);
  if (local === undefined || (!down && runningPids(directory).length === 0))
    throw new Fault('kafka/not-up', `The local Kafka \`${label}\` is not up.`, { remedy: 'Start it with `kaas up`.' });
  return {
    label,
    bootstrapServers: bootstrapServers(local),
    protocol: 'SASL_PLAINTEXT',
    mechanism: 'SCRAM-SHA-512',
    username: local.adminUser,
    password: local.adminPassword,
  };
}

async function remoteKafka(label: string, spec: ClusterConnectionSpec, read: ReadSecret): Promise<KafkaConnection> {
  const { bootstrapServers, protocol = 'PLAINTEXT', mechanism, username, password, tls, oauth } = spec;
  return {
    label,
    bootstrapServers,
    protocol,
    mechanism,
    username,
    password: password && (await read(password)),
    tls: tls && (await tlsMaterial(tls, read)),
    oauth: oauth && { ...oauth, clientSecret: await read(oauth.clientSecret) },
  };
}

/** The PEM texts that a document names, read. */
export async function tlsMaterial({ ca, certificate, key }: TlsSpec, read: ReadSecret): Promise<TlsMaterial> {
  const text = async (reference: SecretReference | undefined) =>
    reference === undefined ? undefined : (await read(reference)).reveal();
  return { ca: await text(ca), certificate: await text(certificate), key: key && (await read(key)) };
}

/** How to reach the schema registry of a cluster. Throws `registry/none` where its document names none, or none was started beside a local one. */
export async function registryConnection(
  directory: string,
  label: string,
  { spec, read }: { spec: KafkaClusterSpec; read: ReadSecret },
): Promise<EndpointConnection> {
  const endpoint =
    spec.connection === 'local' ? await localEndpoint(directory, 'schema-registry') : spec.connection.schemaRegistry;
  if (endpoint !== undefined) return endpointConnection(`schema registry of ${label}`, endpoint, read);
  throw new Fault('registry/none', `The KafkaCluster \`${label}\` names no schema registry.`, {
    remedy: 'Write `connection.schemaRegistry`, or start one with `kaas up --with schema-registry`.',
  });
}

/** How to reach a Connect cluster by its name; a local cluster has one worker, under any name. Throws `connect/none` where there is none. */
export async function connectConnection(
  directory: string,
  label: string,
  { name, spec, read }: { name: string; spec: KafkaClusterSpec; read: ReadSecret },
): Promise<EndpointConnection> {
  const endpoint = spec.connection === 'local' ? await localEndpoint(directory, 'connect') : spec.connection.connect?.[name];
  if (endpoint !== undefined) return endpointConnection(`Connect cluster \`${name}\` of ${label}`, endpoint, read);
  if (spec.connection !== 'local') throw noConnect(label, name);
  throw new Fault('connect/none', `No Connect worker runs beside the local cluster \`${label}\`.`, {
    remedy: 'Start it with `kaas up --with connect`.',
  });
}

export const noConnect = (label: string, name: string): Fault =>
  new Fault('connect/none', `The KafkaCluster \`${label}\` names no Connect cluster \`${name}\`.`, {
    remedy: 'Write it below `connection.connect`, or start one with `kaas up --with connect`.',
  });

async function localEndpoint(directory: string, name: 'connect' | 'schema-registry'): Promise<EndpointSpec | undefined> {
  const { besideUrl } = await import('#targets/processes/index.ts');
  const url = besideUrl(directory, name);
  return url === undefined ? undefined : { url };
}

/** The Connect clusters of a KafkaCluster by name; the one worker beside a local cluster is `main` while it runs. */
export async function connectClusters(directory: string, { connection }: KafkaClusterSpec): Promise<string[]> {
  if (connection !== 'local') return Object.keys(connection.connect ?? {});
  return (await localEndpoint(directory, 'connect')) === undefined ? [] : ['main'];
}

/**
 * How the workers reach secrets without their REST interface showing them: as the document says (`{key}` in its text stands for the key), or through the
 * file that the worker beside a local cluster reads.
 */
export async function secretPlaces(
  directory: string,
  name: string,
  { connection }: KafkaClusterSpec,
): Promise<SecretPlaces | undefined> {
  if (connection === 'local') {
    const [{ connectSecrets }, { providerFile }] = await Promise.all([
      import('#targets/processes/index.ts'),
      import('#targets/secrets/provider-file.ts'),
    ]);
    return providerFile(connectSecrets(directory));
  }
  const stores = connection.connect?.[name]?.secrets;
  if (stores === undefined) return undefined;
  return {
    reference(secret) {
      const store = Object.keys(stores)
        .filter(each => secret.startsWith(`${each}.`))
        .toSorted((a, b) => b.length - a.length)[0];
      return store === undefined ? undefined : stores[store]?.replaceAll('{key}', () => secret.slice(store.length + 1));
    },
  };
}

async function endpointConnection(label: string, spec: EndpointSpec, read: ReadSecret): Promise<EndpointConnection> {
  const { url, username, password, token, tls } = spec;
  return {
    label,
    url,
    username,
    password: password && (await read(password)),
    token: token && (await read(token)),
    tls: tls && (await tlsMaterial(tls, read)),
  };
}
