import type { Reason, Risk } from '#model/change.ts';
import { type Assessment, type ClusterFacts, type Difference, lacksOnCluster } from '../kind.ts';
import { reasons } from './problems.ts';

const metricNames = new WeakMap<ClusterFacts, Map<string, string>>();

const collidesWith = (name: string, cluster: ClusterFacts): string | undefined => {
  let byMetric = metricNames.get(cluster);
  if (byMetric === undefined) {
    byMetric = new Map();
    for (const live of cluster.live.keys()) byMetric.set(live.replaceAll('.', '_'), live);
    metricNames.set(cluster, byMetric);
  }
  const other = byMetric.get(name.replaceAll('.', '_'));
  return other === name ? undefined : other;
};

/** What rules alone can say of a topic's change against the cluster as read: refusals by reason, risks by field. Pure. */
export function assess(difference: Difference, cluster: ClusterFacts): Assessment {
  const impossible: Reason[] = [];
  const said: Reason[] = [];
  const risks: Record<string, Risk> = {};
  const lacks: Reason[] = [];
  const name = difference.remoteName;
  for (const field of difference.fields) {
    if (field.path === 'partitions' && typeof field.to === 'number') {
      const from = typeof field.from === 'number' ? field.from : 0;
      if (field.to < from)
        impossible.push({
          code: reasons.shrink,
          message: `Partitions cannot shrink: the topic has ${from}, the document says ${field.to}.`,
        });
      else if (from > 0) {
        risks.partitions = 'disruptive';
        said.push({
          code: reasons.keysMove,
          message: `Keys move: about ${Math.round((1 - from / field.to) * 100)} % of keys go to another partition once there are ${field.to} instead of ${from}.`,
        });
      }
    }
    if (field.path === 'replicationFactor' && typeof field.to === 'number') {
      if (field.to > cluster.brokers.length)
        impossible.push({
          code: reasons.replicationAboveBrokers,
          message: `Replication factor ${field.to} needs ${field.to} brokers; the cluster has ${cluster.brokers.length}.`,
        });
      if (difference.action !== 'create') {
        risks.replicationFactor = 'disruptive';
        lacks.push(...lacksOnCluster(cluster, 'ALTER'));
      }
    }
    if (/^config\.retention\.(ms|bytes)$/.test(field.path) && difference.action === 'update' && shorter(field, difference))
      risks[field.path] = 'destructive';
    if (field.path === 'config.cleanup.policy' && difference.action === 'update') risks[field.path] = 'destructive';
    if (field.path === 'config.min.insync.replicas' && difference.action === 'update') risks[field.path] = 'disruptive';
  }
  const replication = value(difference, 'replicationFactor');
  const minInsync = value(difference, 'config.min.insync.replicas');
  if (replication !== undefined && minInsync !== undefined && Number(minInsync) > Number(replication))
    impossible.push({
      code: reasons.minInsync,
      message: `min.insync.replicas ${minInsync} is above the replication factor ${replication}: nothing could be written with acks=all.`,
    });
  if (difference.action === 'create') {
    const other = collidesWith(name, cluster);
    if (other !== undefined)
      impossible.push({
        code: reasons.collision,
        message: `\`${name}\` collides with \`${other}\`, which is on the cluster: they differ only in . and _.`,
      });
  }
  return {
    risks,
    reasons: said,
    impossible,
    lacks,
    ...(difference.action === 'delete' ? { risk: 'irreversible' as const } : {}),
  };
}

/** The value that will hold after the change. */
function value(difference: Difference, path: string) {
  const field = difference.fields.find(each => each.path === path);
  return field?.to ?? difference.live?.fields[path] ?? undefined;
}

const unlimited = (amount: number) => (amount < 0 ? Number.POSITIVE_INFINITY : amount);

function shorter(field: Difference['fields'][number], difference: Difference): boolean {
  const from = field.from ?? difference.live?.defaults[field.path] ?? -1;
  const to = field.to ?? difference.live?.defaults[field.path] ?? -1;
  return unlimited(Number(to)) < unlimited(Number(from));
}
