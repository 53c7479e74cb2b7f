import type { Expansion, Kind } from '../kind.ts';
import { connectorsOf } from './connectors.ts';
import { type Missing, missingConsent } from './consent.ts';
import { report, waitsForConsent } from './problems.ts';
import { rules, unusable } from './rules.ts';
import { sourceOf, targetOf } from './source.ts';
import { MirrorSpec } from './spec.ts';

const expand: NonNullable<Kind['expand']> = (resource, around): Expansion => {
  const spec = resource.spec as MirrorSpec;
  const source = sourceOf(spec.from, around);
  const cluster = targetOf(resource.cluster, around);
  const target = around.kafkaCluster(cluster);
  if ('code' in source || target === undefined || source.cluster === cluster) return { resources: [] };
  if (unusable(spec, source) !== undefined) return { resources: [] };
  const missing = missingConsent(resource.name, spec, { source, around });
  if (missing.length > 0) return { resources: [], waits: waiting(resource.name, missing) };
  return { resources: connectorsOf(resource.name, spec, { source, target: { cluster, spec: target.spec }, around }) };
};

function waiting(mirror: string, missing: readonly Missing[]): NonNullable<Expansion['waits']> {
  const owners = [...new Set(missing.map(each => each.owner))];
  const asked = missing.map(each => `${each.what} \`${each.name}\` (tenant ${each.owner}, in ${each.environment})`);
  return {
    code: waitsForConsent,
    message: `It waits for a Grant \`mirror: ${mirror}\` on ${[...new Set(asked)].join(', ')}.`,
    who: owners.map(owner => `tenant ${owner}`).join(' and '),
  };
}

/** A consented link between two clusters: records, and how far groups have read them, copied by Kafka's MirrorMaker. */
export const mirror: Kind = {
  name: 'Mirror',
  plural: 'mirrors',
  description:
    'A link between two clusters that the owners of the topics consent to: records and group offsets are copied by MirrorMaker.',
  writtenBy: 'platform',
  lives: 'cluster',
  spec: MirrorSpec,
  problems: report,
  refersTo: ['Topic', 'Grant'],
  onCluster: ({ to }) => (typeof to === 'string' ? { name: to, path: ['to'] } : undefined),
  facts: resource => {
    const { from, to, topics, replicationPolicy } = resource.spec as MirrorSpec;
    return [{ fact: 'mirror', name: resource.name, from, to, topics, identity: replicationPolicy === 'identity' }];
  },
  expand,
  rules,
};
