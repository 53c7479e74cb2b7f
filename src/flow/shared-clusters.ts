import type { KafkaClusterSpec } from '#model/frame/frame.ts';
import { positionOf } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import type { Frame } from './frame.ts';
import { validating } from './problems.ts';

type ClusterDocument = { readonly name: string; readonly spec: KafkaClusterSpec };
type Environment = Frame['environments'][number];

const addresses = ({ spec }: ClusterDocument): string[] =>
  spec.connection === 'local' ? [] : spec.connection.bootstrapServers.map(address => address.toLowerCase());

/** Do two KafkaCluster documents mean one cluster? By name; by id where both pin one; else by a bootstrap address in common. */
function sameCluster(one: ClusterDocument, other: ClusterDocument): boolean {
  if (one.name === other.name) return true;
  if (one.spec.clusterId !== undefined && other.spec.clusterId !== undefined) return one.spec.clusterId === other.spec.clusterId;
  const known = new Set(addresses(one));
  return addresses(other).some(address => known.has(address));
}

/** How one logical cluster of an environment is shared with other environments. */
export interface Sharing {
  /** Prefixes of the other environments on the same cluster. */
  readonly siblings: readonly string[];
  /** The environment to which what carries no prefix belongs; null where several share the cluster and nothing says which. */
  readonly configuredBy: string | null;
  /** The KafkaCluster documents that mean this cluster. */
  readonly documents: ReadonlySet<string>;
}

/** Who else uses an environment's clusters, and who configures them; by logical cluster. */
export function sharingOf(frame: Frame, environment: Environment): Map<string, Sharing> {
  return new Map(
    Object.entries(environment.spec.clusters).flatMap(([logical, name]) => {
      const cluster = frame.clusters.get(name);
      return cluster === undefined ? [] : [[logical, sharingOfCluster(frame, environment.name, cluster)] as const];
    }),
  );
}

function sharingOfCluster(frame: Frame, environment: string, cluster: ClusterDocument): Sharing {
  const twins = [...frame.clusters.values()].filter(each => sameCluster(each, cluster));
  const documents = new Set(twins.map(each => each.name));
  const users = frame.environments.filter(each => Object.values(each.spec.clusters).some(name => documents.has(name)));
  const named = twins.find(each => each.spec.configuredBy !== undefined)?.spec.configuredBy;
  return {
    siblings: users.filter(each => each.name !== environment).map(each => each.spec.prefix ?? ''),
    configuredBy: named ?? (users.length === 1 ? (users[0] as Environment).name : null),
    documents,
  };
}

/** Two names of an environment for one cluster: what lives on both would be written twice to the same place. */
export function twinProblems(frame: Frame, environment: Environment): Problem[] {
  const known: { logical: string; cluster: ClusterDocument }[] = [];
  const problems: Problem[] = [];
  for (const [logical, name] of Object.entries(environment.spec.clusters)) {
    const cluster = frame.clusters.get(name);
    if (cluster === undefined) continue;
    const twin = known.find(each => sameCluster(each.cluster, cluster));
    known.push({ logical, cluster });
    if (twin === undefined) continue;
    const { located } = environment.manifest;
    problems.push(
      validating('one-cluster-twice', {
        message: `\`${twin.logical}\` and \`${logical}\` are one cluster (${[...new Set([twin.cluster.name, name])].join(', ')}).`,
        at: positionOf(located, ['spec', 'clusters', logical]),
        related: [positionOf(located, ['spec', 'clusters', twin.logical])],
        tenant: null,
        environment: environment.name,
      }),
    );
  }
  return problems;
}

/** What is wrong with `configuredBy` of the clusters that an environment uses, and broker configuration that would never be applied. */
export function sharingProblems(frame: Frame, environment: Environment): Problem[] {
  const sharing = sharingOf(frame, environment);
  return [...sharing].flatMap(([logical, { configuredBy, documents }]) => {
    const { name, spec, manifest } = frame.clusters.get(environment.spec.clusters[logical] as string) as NonNullable<
      ReturnType<Frame['clusters']['get']>
    >;
    const say = (code: 'bad-configured-by' | 'unconfigured-cluster', field: string, message: string, other?: string): Problem => {
      const twin = other === undefined ? undefined : frame.clusters.get(other)?.manifest;
      return validating(code, {
        message,
        at: positionOf(manifest.located, ['spec', field]),
        related: twin === undefined ? [] : [positionOf(twin.located, ['spec', 'configuredBy'])],
        tenant: null,
        subject: { tenant: null, kind: 'KafkaCluster', name },
      });
    };
    const reaches = (by: string) =>
      Object.values(frame.environments.find(each => each.name === by)?.spec.clusters ?? {}).filter(each => documents.has(each));
    const own = spec.configuredBy;
    const rival = [...documents].find(each => (frame.clusters.get(each)?.spec.configuredBy ?? own) !== own);
    if (own !== undefined && reaches(own).length === 0)
      return [say('bad-configured-by', 'configuredBy', `\`${own}\` is no environment that uses the cluster \`${name}\`.`)];
    if (own !== undefined && rival !== undefined)
      return [say('bad-configured-by', 'configuredBy', `\`${rival}\` is the same cluster and names another environment.`, rival)];
    if (spec.brokerConfig === undefined) return [];
    if (configuredBy === null)
      return [say('unconfigured-cluster', 'brokerConfig', `Several environments use \`${name}\`; nothing says whose this is.`)];
    const through = reaches(configuredBy);
    if (through.length === 0 || through.includes(name)) return [];
    const where = through.map(each => `\`${each}\``).join(', ');
    return [say('unconfigured-cluster', 'brokerConfig', `\`${configuredBy}\` configures this cluster and knows it as ${where}.`)];
  });
}

/** Other environments of which a cluster has the schema registry of this cluster: the same KafkaCluster document, or the same address. */
export function registrySharedWith(frame: Frame, environment: string, name: string): string[] {
  const own = frame.clusters.get(name);
  const addressOf = (cluster: ClusterDocument) =>
    cluster.spec.connection === 'local' ? undefined : addressIn(cluster.spec.connection.schemaRegistry?.url);
  const shared = (other: ClusterDocument) =>
    own !== undefined && (other.name === own.name || (addressOf(own) !== undefined && addressOf(other) === addressOf(own)));
  return frame.environments
    .filter(each => each.name !== environment)
    .filter(each =>
      Object.values(each.spec.clusters).some(other =>
        shared(frame.clusters.get(other) ?? { name: '', spec: { connection: 'local' } }),
      ),
    )
    .map(each => each.name);
}

/** A URL in one way of writing it: scheme and host in small letters, no default port, no slash at the end. */
const addressIn = (url: string | undefined): string | undefined =>
  url === undefined ? undefined : (URL.canParse(url) ? new URL(url).href : url).replace(/\/+$/, '');
