import type { ClusterPorts } from '#kinds/kind.ts';
import { Fault } from '#model/fault.ts';
import type { KafkaClusterSpec } from '#model/frame/frame.ts';
import type { CertificateAuthority } from '#ports/certificates.ts';
import type { Connect } from '#ports/connect.ts';
import type { RequestCounts } from '#ports/connection.ts';
import type { Sealing } from '#ports/sealing.ts';
import type { Secrets } from '#ports/secrets.ts';
import {
  connectClusters,
  connectConnection,
  kafkaConnection,
  noConnect,
  type ReadSecret,
  registryConnection,
  secretPlaces,
} from './connections.ts';

export interface Opening {
  /** What is opened is closed with it. */
  readonly stack: AsyncDisposableStack;
  readonly read: ReadSecret;
  readonly secrets: (store: string) => Secrets;
  readonly sealing: Sealing;
  /** Hears of the requests of everything that is opened. */
  readonly counted: RequestCounts[];
}

/** The ports of one KafkaCluster, for real. Brokers are reached at once, what stands beside them when it is first asked for. */
export async function openPorts(
  directory: string,
  label: string,
  spec: KafkaClusterSpec,
  { stack, read, secrets, sealing, counted }: Opening,
): Promise<ClusterPorts> {
  const opened = <Target extends AsyncDisposable & { readonly requests: RequestCounts }>(target: Target): Target => {
    counted.push(target.requests);
    return stack.use(target);
  };
  const { openKafka } = await import('#targets/kafka/index.ts');
  const kafka = opened(await openKafka(await kafkaConnection(directory, label, { spec, read })));
  return {
    kafka,
    secrets,
    sealing,
    schemaRegistry: once(async () => {
      const connection = await registryConnection(directory, label, { spec, read });
      const { openSchemaRegistry } = await import('#targets/rest/schema-registry.ts');
      return opened(openSchemaRegistry(connection));
    }),
    connect: once(async (name: string) => {
      const connection = await connectConnection(directory, label, { name, spec, read });
      const { openConnect } = await import('#targets/rest/connect.ts');
      return opened(openConnect(connection, await secretPlaces(directory, name, spec)));
    }),
    connectClusters: await connectClusters(directory, spec),
    authority: once(async () => {
      const { clientAuthority } = spec;
      if (clientAuthority === undefined)
        throw new Fault('certificates/none', `The KafkaCluster \`${label}\` names no authority for client certificates.`, {
          remedy: 'Write `clientAuthority` with the places of its certificate and key.',
        });
      const { certificateAuthority } = await import('#targets/certificates/authority.ts');
      return certificateAuthority(async () => ({
        certificate: await read(clientAuthority.certificate),
        key: await read(clientAuthority.key),
      }));
    }),
  };
}

/** Nothing is asked of an authority offline. */
const willing: CertificateAuthority = {
  examine: async () => {},
  issue: () => Promise.reject(new Fault('certificates/none', 'There is none offline.')),
};

/** Workers without connectors; which classes they have is not known. */
async function emptyConnect(label: string, name: string, { connection }: KafkaClusterSpec): Promise<Connect> {
  if (connection !== 'local' && connection.connect?.[name] === undefined) throw noConnect(label, name);
  const { memoryConnect } = await import('#targets/memory/connect.ts');
  return {
    ...memoryConnect(),
    plugins: () => Promise.reject(new Fault('connect/offline', 'Nothing is asked of workers offline.')),
  };
}

/** Empty ones, for plans against nothing. */
export async function emptyPorts(
  label: string,
  spec: KafkaClusterSpec,
  { secrets }: Pick<Opening, 'secrets'>,
): Promise<ClusterPorts> {
  const { memoryKafka } = await import('#targets/memory/kafka.ts');
  const { memorySchemaRegistry } = await import('#targets/memory/schema-registry.ts');
  const registry = memorySchemaRegistry();
  return {
    kafka: memoryKafka(),
    secrets,
    schemaRegistry: async () => registry,
    connect: name => emptyConnect(label, name, spec),
    connectClusters: spec.connection === 'local' ? [] : Object.keys(spec.connection.connect ?? {}),
    authority: async () => willing,
  };
}

/** One answer per argument, asked for once; a failure is asked for again. */
function once<Result>(open: (name: string) => Promise<Result>): (name?: string) => Promise<Result> {
  const known = new Map<string, Promise<Result>>();
  return (name = '') => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const opening = open(name);
    known.set(name, opening);
    opening.catch(() => known.delete(name));
    return opening;
  };
}
