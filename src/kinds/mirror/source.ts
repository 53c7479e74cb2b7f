import type { KafkaClusterSpec } from '#model/frame/frame.ts';
import type { Resource } from '#model/resource.ts';
import type { Surroundings } from '../kind.ts';

/** Where a mirror reads. */
export interface Source {
  /** The KafkaCluster. */
  readonly cluster: string;
  readonly spec: KafkaClusterSpec;
  /** Its logical name there; null without an environment. */
  readonly logical: string | null;
  /** The environment that declares what is on it; undefined: none has the cluster. */
  readonly around: Surroundings | undefined;
}

/** Why a cluster cannot be told. */
export interface Unclear {
  readonly code: 'unknown-cluster' | 'ambiguous-cluster';
  readonly message: string;
}

/** The cluster that `from` names, seen from the mirror's environment. */
export function sourceOf(from: string, around: Surroundings): Source | Unclear {
  const slash = from.indexOf('/');
  if (slash >= 0) {
    const other = from.slice(0, slash) === around.environment ? around : around.otherEnvironment(from.slice(0, slash));
    if (other === undefined) return { code: 'unknown-cluster', message: `There is no environment \`${from.slice(0, slash)}\`.` };
    return inEnvironment(from.slice(slash + 1), other) ?? unknown(from.slice(slash + 1), other);
  }
  const own = inEnvironment(from, around);
  if (own !== undefined) return own;
  const found = around.kafkaCluster(from);
  if (found === undefined) return unknown(from, around);
  const [first, ...more] = found.environments;
  if (more.length > 0) {
    const choices = found.environments.map(each => `\`${each}\``).join(' and ');
    return { code: 'ambiguous-cluster', message: `The KafkaCluster \`${from}\` is of the environments ${choices}.` };
  }
  const there = first === undefined ? undefined : around.otherEnvironment(first);
  return (there && inEnvironment(from, there)) ?? { cluster: from, spec: found.spec, logical: null, around: undefined };
}

const unknown = (name: string, { environment, environmentSpec }: Surroundings): Unclear => ({
  code: 'unknown-cluster',
  message: `There is no cluster \`${name}\`; ${environment} has ${Object.keys(environmentSpec.clusters).join(', ')}.`,
});

function inEnvironment(name: string, around: Surroundings): Source | undefined {
  const { clusters } = around.environmentSpec;
  const logical = Object.hasOwn(clusters, name) ? name : Object.keys(clusters).find(each => clusters[each] === name);
  const cluster = clusters[logical ?? ''];
  const found = cluster === undefined ? undefined : around.kafkaCluster(cluster);
  if (logical === undefined || cluster === undefined || found === undefined) return undefined;
  return { cluster, spec: found.spec, logical, around };
}

/** What a document of the source's environment declares there; `prefix*` is no document. */
export const declaredOn = ({ around, logical }: Source, kind: string, name: string): Resource | undefined =>
  name.endsWith('*') ? undefined : around?.resolve({ kind, name }, null, logical);

/** The KafkaCluster behind the logical cluster that a mirror lives on. */
export const targetOf = (logical: string | null, around: Surroundings): string =>
  around.environmentSpec.clusters[logical ?? ''] as string;
