import { covers } from '#model/name-pattern.ts';
import { looksSecret } from '#model/secret-looking.ts';
import type { Kind, Surroundings } from '../kind.ts';
import { ownSettings } from './connectors.ts';
import { passwordOf, readerOf, takesPasswords } from './login.ts';
import { report } from './problems.ts';
import { declaredOn, type Source, sourceOf, targetOf } from './source.ts';
import type { MirrorSpec } from './spec.ts';
import { onTarget } from './target.ts';

/** Checks that need the other cluster, its environment and the other mirrors. */
export const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const spec = resource.spec as MirrorSpec;
  for (const [key, value] of Object.entries(spec.config ?? {})) {
    if (ownSettings.test(key))
      reportAt(details => report('own-field', details), ['config', key], `\`${key}\` follows from the spec.`);
    if (looksSecret(key, String(value)))
      reportAt(details => report('secret-in-clear', details), ['config', key], `The value of \`${key}\` looks like a secret.`);
  }
  for (const field of ['topics', 'groups'] as const)
    spec[field]?.forEach((name, index) => {
      if (name.indexOf('*') < name.length - 1 && name.includes('*'))
        reportAt(details => report('bad-pattern', details), [field, index], `\`${name}\` has a \`*\` before its end.`);
    });
  const source = sourceOf(spec.from, around);
  if ('code' in source) {
    reportAt(details => report(source.code, details), ['from'], source.message);
    return;
  }
  const cluster = targetOf(resource.cluster, around);
  if (source.cluster === cluster)
    reportAt(
      details => report('same-cluster', details),
      ['from'],
      `Both \`from\` and \`to\` are the KafkaCluster \`${cluster}\`.`,
    );
  const useless = unusable(spec, source);
  if (useless !== undefined) reportAt(details => report('bad-account', details), ['account'], useless);
  spec.topics.forEach((name, index) => {
    if (name.endsWith('*') || source.around === undefined || declaredOn(source, 'Topic', name) !== undefined) return;
    reportAt(
      details => report('unknown-topic', details),
      ['topics', index],
      `There is no one Topic \`${name}\` in ${source.around.environment}.`,
    );
  });
  onTarget(resource, around, source).forEach(({ code, path, message }) => {
    reportAt(details => report(code, details), path, message);
  });
  const back = loops(spec, { from: source.cluster, to: cluster }, [around, source.around]);
  if (back !== undefined)
    reportAt(
      details => report('loop', details),
      ['replicationPolicy'],
      `\`${back}\` carries the same topics back under the same names.`,
    );
  const double = doubled(resource, around, { from: source.cluster, to: cluster });
  if (double !== undefined)
    reportAt(
      details => report('twice', details),
      ['topics'],
      `\`${double}\` carries some of these topics from there to here too.`,
    );
};

/** Why the mirror cannot read as its account, in words. */
export function unusable(spec: MirrorSpec, source: Source): string | undefined {
  const name = spec.account;
  if (name === undefined) return undefined;
  const account = readerOf(spec, source);
  if (account === undefined || source.around === undefined)
    return `There is no one ServiceAccount \`${name}\` in ${source.around?.environment ?? 'an environment that has the cluster'}.`;
  if (passwordOf(account, source.around) === undefined) return `\`${name}\` has no password that we make.`;
  return takesPasswords(source.spec) ? undefined : `${source.cluster} is reached without user and password.`;
}

const sharesTopics = (ours: readonly string[], theirs: readonly string[]): boolean =>
  ours.some(one => theirs.some(other => covers(one, other) || covers(other, one)));

/** Another mirror of the environment between the same clusters, under the same names. */
function doubled(
  { name, spec }: { readonly name: string; readonly spec: object },
  around: Surroundings,
  ends: { readonly from: string; readonly to: string },
): string | undefined {
  const { topics, replicationPolicy } = spec as MirrorSpec;
  const found = around.facts('mirror').find(other => {
    if (other.name === name || other.identity !== (replicationPolicy === 'identity')) return false;
    const start = sourceOf(other.from, around);
    const isSame = !('code' in start) && start.cluster === ends.from && endOf(other.to, around) === ends.to;
    return isSame && sharesTopics(topics, other.topics);
  });
  return found?.name;
}

const endOf = (to: string, { environmentSpec: { clusters } }: Surroundings): string | undefined =>
  Object.hasOwn(clusters, to) ? clusters[to] : to;

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
      const opposite = !('code' in start) && start.cluster === to && endOf(other.to, around as Surroundings) === from;
      if (other.identity && opposite && sharesTopics(spec.topics, other.topics)) return other.name;
    }
  return undefined;
}
