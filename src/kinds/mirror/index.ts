import { covers } from '#model/name-pattern.ts';
import { looksSecret } from '#model/secret-looking.ts';
import type { Expansion, Kind, Surroundings } from '../kind.ts';
import { connectorsOf, ownSettings } from './connectors.ts';
import { type Missing, missingConsent } from './consent.ts';
import { report, waitsForConsent } from './problems.ts';
import { sourceOf } from './source.ts';
import { MirrorSpec } from './spec.ts';

const targetOf = (cluster: string | null, around: Surroundings): string =>
  around.environmentSpec.clusters[cluster ?? ''] as string;

const expand: NonNullable<Kind['expand']> = (resource, around): Expansion => {
  const spec = resource.spec as MirrorSpec;
  const source = sourceOf(spec.from, around);
  const cluster = targetOf(resource.cluster, around);
  const target = around.kafkaCluster(cluster);
  if ('code' in source || target === undefined || source.cluster === cluster) return { resources: [] };
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

const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const spec = resource.spec as MirrorSpec;
  for (const [key, value] of Object.entries(spec.config ?? {})) {
    if (ownSettings.test(key)) reportAt(details => report('own-field', details), ['config', key], `\`${key}\` follows from the spec.`);
    if (looksSecret(key, String(value)))
      reportAt(details => report('secret-in-clear', details), ['config', key], `The value of \`${key}\` looks like a secret.`);
  }
  const source = sourceOf(spec.from, around);
  if ('code' in source) {
    reportAt(details => report(source.code, details), ['from'], source.message);
    return;
  }
  const cluster = targetOf(resource.cluster, around);
  if (source.cluster === cluster)
    reportAt(details => report('same-cluster', details), ['from'], `Both \`from\` and \`to\` are the KafkaCluster \`${cluster}\`.`);
  spec.topics.forEach((name, index) => {
    if (name.endsWith('*') || source.around === undefined || source.around.resolve({ kind: 'Topic', name }, null) !== undefined) return;
    reportAt(
      details => report('unknown-topic', details),
      ['topics', index],
      `There is no one Topic \`${name}\` in ${source.around.environment}.`,
    );
  });
  const back = loops(spec, { from: source.cluster, to: cluster }, [around, source.around]);
  if (back !== undefined)
    reportAt(details => report('loop', details), ['replicationPolicy'], `\`${back}\` carries the same topics back under the same names.`);
};

/** A mirror the other way that keeps names, as this one does, and shares a topic with it. */
function loops(
  spec: MirrorSpec,
  { from, to }: { readonly from: string; readonly to: string },
  environments: readonly (Surroundings | undefined)[],
): string | undefined {
  if (spec.replicationPolicy !== 'identity') return undefined;
  for (const around of environments)
    for (const other of around?.facts('mirror') ?? []) {
      const start = sourceOf(other.from, around as Surroundings);
      const { clusters } = (around as Surroundings).environmentSpec;
      const end = Object.hasOwn(clusters, other.to) ? clusters[other.to] : other.to;
      const opposite = !('code' in start) && start.cluster === to && end === from;
      const shared = other.topics.some(theirs => spec.topics.some(ours => covers(theirs, ours) || covers(ours, theirs)));
      if (other.identity && opposite && shared) return other.name;
    }
  return undefined;
}

/** A consented link between two clusters: records, and how far groups have read them, copied by Kafka's MirrorMaker. */
export const mirror: Kind = {
  name: 'Mirror',
  plural: 'mirrors',
  description: 'A link between two clusters that the owners of the topics consent to: records and group offsets are copied by MirrorMaker.',
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
