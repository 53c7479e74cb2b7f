import type { Kind } from '../kind.ts';
import { brokerSpelling } from './config-values.ts';
import { report } from './problems.ts';
import type { TopicSpec } from './spec.ts';

const legal = /^[a-zA-Z0-9._-]{1,249}$/;

/** Checks of one topic document that need more than its shape; collisions with other declared topics included. */
export const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const spec = resource.spec as TopicSpec;
  const remote = resource.remoteName;
  const namePath = spec.name === undefined ? [] : ['name'];
  if (!legal.test(remote) || /^\.{1,2}$/.test(remote))
    reportAt(
      details => report('bad-name', details),
      namePath,
      `\`${remote}\` is not a legal topic name (${remote.length} characters).`,
    );
  if (remote.startsWith('__')) reportAt(details => report('internal-name', details), namePath, `\`${remote}\` starts with __.`);
  for (const [key, value] of Object.entries(spec.config ?? {}))
    if (brokerSpelling(key, value) === undefined)
      reportAt(details => report('bad-quantity', details), ['config', key], `\`${value}\` is no value for ${key}.`);
  const minInsync = Number(spec.config?.['min.insync.replicas'] ?? Number.NaN);
  if (spec.replicationFactor !== undefined && minInsync > spec.replicationFactor)
    reportAt(
      details => report('min-insync-above-replication', details),
      ['config', 'min.insync.replicas'],
      `min.insync.replicas is ${minInsync}, the replication factor ${spec.replicationFactor}.`,
    );
  for (const twin of collisions(around).get(metricName(resource)) ?? [])
    if (twin !== remote && remote > twin)
      reportAt(details => report('name-collision', details), namePath, `\`${remote}\` and \`${twin}\` differ only in . and _.`);
};

type Around = Parameters<NonNullable<Kind['rules']>>[1];
const memo = new WeakMap<object, Map<string, string[]>>();

const metricName = (topic: { cluster: string | null; remoteName: string }): string =>
  `${topic.cluster}\t${topic.remoteName.replaceAll('.', '_')}`;

/** Remote names that share one metric name on one cluster, per set of facts. */
function collisions(around: Around): Map<string, string[]> {
  const topics = around.facts('topic');
  let groups = memo.get(topics);
  if (groups === undefined) {
    groups = new Map();
    for (const topic of topics) {
      const key = metricName(topic);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [topic.remoteName]);
      else if (!group.includes(topic.remoteName)) group.push(topic.remoteName);
    }
    memo.set(topics, groups);
  }
  return groups;
}
