import type { Fields, FieldValue, Reason, Risk } from '#model/change.ts';
import type { PartitionListing } from '#ports/kafka.ts';
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
      const { refusal, remark } = enoughBrokers(difference, field.to, cluster);
      impossible.push(...refusal);
      said.push(...remark);
      if (difference.action !== 'create') {
        risks.replicationFactor = 'disruptive';
        lacks.push(...lacksOnCluster(cluster, 'ALTER'));
        if (field.to > Number(field.from ?? 0)) lacks.push(...lacksOnCluster(cluster, 'ALTER_CONFIGS'));
      }
    }
    if (dropsRecords(field, difference)) risks[field.path] = 'destructive';
    if (field.path === 'config.cleanup.policy' && difference.action === 'update') {
      risks[field.path] = 'destructive';
      said.push({
        code: reasons.cleanup,
        message: `Clean-up goes from ${shown(field.from)} to ${shown(field.to)}: \`delete\` drops records past the retention, \`compact\` all but the latest of a key.`,
      });
    }
    if (field.path === 'config.min.insync.replicas' && difference.action === 'update') risks[field.path] = 'disruptive';
  }
  impossible.push(...minInsyncAbove(difference, difference.live?.defaults ?? {}));
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
    inProgress: moving(difference),
    ...(difference.action === 'delete' ? { risk: 'irreversible' as const } : {}),
  };
}

/** While the cluster moves this topic's replicas, for whomever, it is not asked to do so again. */
function moving({ action, fields, live }: Difference): Reason[] {
  const partitions = Number(live?.details.moving ?? 0);
  if (action !== 'update' || partitions === 0 || !fields.some(field => field.path === 'replicationFactor')) return [];
  return [
    { code: reasons.moving, message: `Replicas of ${partitions} partition${partitions === 1 ? ' is' : 's are'} being moved.` },
  ];
}

/**
 * A cluster counts the brokers that are down: a new topic may have replicas there, which come when they are back (KRaft places replicas on fenced brokers
 * when there are too few others). Replicas are not moved to a broker that is down.
 */
function enoughBrokers(difference: Difference, factor: number, cluster: ClusterFacts): { refusal: Reason[]; remark: Reason[] } {
  const live = cluster.brokers.length;
  if (factor <= live) return { refusal: [], remark: [] };
  const down = downBrokers(cluster);
  const names = `broker${down.length === 1 ? '' : 's'} ${down.join(', ')}`;
  const answering = down.length === 0 ? `the cluster has ${live}` : `${live} of ${live + down.length} answer, not ${names}`;
  const needs = `Replication factor ${factor} needs ${factor} brokers; ${answering}.`;
  if (difference.action === 'create' && factor <= live + down.length)
    return {
      refusal: [],
      remark: [{ code: reasons.brokerDown, message: `${needs} What is placed there comes when it is back.` }],
    };
  return { refusal: [{ code: reasons.replicationAboveBrokers, message: needs }], remark: [] };
}

/** Brokers that hold replicas and do not answer. */
function downBrokers(cluster: ClusterFacts): number[] {
  const answering = new Set(cluster.brokers.map(broker => broker.id));
  const holding = new Set<number>();
  for (const { details } of cluster.live.values())
    for (const { replicas } of (details.partitions ?? []) as readonly PartitionListing[])
      for (const id of replicas) if (!answering.has(id)) holding.add(id);
  return [...holding].toSorted((a, b) => a - b);
}

/**
 * The replicas that a write must reach are more than there are, where the change touches either: older brokers then refuse every write with acks=all,
 * newer ones (4.3 does) count the replicas that there are and promise less than is declared. `defaults` is what holds where nothing is set.
 */
export function minInsyncAbove(difference: Difference, defaults: Fields): Reason[] {
  const paths = ['replicationFactor', 'config.min.insync.replicas'] as const;
  if (!difference.fields.some(field => paths.some(path => path === field.path))) return [];
  const [replication, minInsync] = paths.map(path => {
    const field = difference.fields.find(each => each.path === path);
    return (field === undefined ? difference.live?.fields[path] : field.to) ?? defaults[path];
  });
  if (replication == null || minInsync == null || Number(minInsync) <= Number(replication)) return [];
  const message = `min.insync.replicas ${minInsync} is above the replication factor ${replication}: no write could reach so many replicas.`;
  return [{ code: reasons.minInsync, message }];
}

const shown = (value: FieldValue): string => (value === null ? "the broker's default" : `\`${value}\``);

const unlimited = (amount: number) => (amount < 0 ? Number.POSITIVE_INFINITY : amount);

/** Does the change shorten how long, or how much, the topic keeps? */
export const dropsRecords = (field: Difference['fields'][number], difference: Difference): boolean =>
  /^config\.retention\.(ms|bytes)$/.test(field.path) && difference.action === 'update' && shorter(field, difference);

function shorter(field: Difference['fields'][number], difference: Difference): boolean {
  const fallback = difference.live?.defaults[field.path];
  if (field.to === null && fallback === undefined) return true;
  return unlimited(Number(field.to ?? fallback)) < unlimited(Number(field.from ?? fallback ?? -1));
}
