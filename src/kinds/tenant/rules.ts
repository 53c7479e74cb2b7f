import type { Fact } from '#model/fact.ts';
import { parseSize } from '#model/quantity.ts';
import type { Kind } from '../kind.ts';
import { report } from './problems.ts';

type Topic = Extract<Fact, { fact: 'topic' }>;
interface Limits {
  readonly topics?: number;
  readonly partitions?: number;
  readonly storage?: string | number;
}

/**
 * Holds what a tenant declares in one environment against its limits. A topic on two clusters counts twice; one that leaves its partitions to the
 * broker counts with one. Storage is the sum of `retention.bytes` × partitions, one copy: a topic that nothing bounds is named, not guessed.
 */
export const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const limits = (resource.spec as { limits?: Limits }).limits;
  if (limits === undefined) return;
  const topics = around.facts('topic').filter(topic => topic.tenant === resource.name);
  const whose = { tenant: resource.name, scope: 'tenant' } as const;
  const hold = (limit: keyof Limits, sum: number, most: number, show: (amount: number) => string) => {
    if (sum > most)
      reportAt(
        details => report('limit-exceeded', details),
        ['limits', limit],
        `${resource.name} declares ${show(sum)} in ${around.environment}; its limit is ${show(most)}.`,
        whose,
      );
  };
  if (limits.topics !== undefined) hold('topics', topics.length, limits.topics, amount => `${amount} topics`);
  if (limits.partitions !== undefined)
    hold('partitions', sumOf(topics, partitionsOf), limits.partitions, amount => `${amount} partitions`);
  if (limits.storage === undefined) return;
  const storage = String(limits.storage);
  const most = /^\d+$/.test(storage) ? Number(storage) : parseSize(storage);
  if (most === undefined) reportAt(details => report('bad-size', details), ['limits', 'storage'], `\`${storage}\` is no size.`);
  else {
    hold('storage', sumOf(topics, bytesOf), most, amount => `${sizeText(amount)} of storage`);
    const open = topics.filter(topic => topic.bytesPerPartition === undefined).map(topic => `\`${topic.name}\``);
    const shown = `${open.slice(0, 3).join(', ')}${open.length > 3 ? ` and ${open.length - 3} more` : ''}`;
    if (open.length > 0)
      reportAt(
        details => report('unbounded-storage', details),
        ['limits', 'storage'],
        `Nothing bounds the bytes of ${shown} in ${around.environment}: they are not counted.`,
        whose,
      );
  }
};

const partitionsOf = (topic: Topic): number => topic.partitions ?? 1;
const bytesOf = (topic: Topic): number => (topic.bytesPerPartition ?? 0) * partitionsOf(topic);
const sumOf = (topics: readonly Topic[], weigh: (topic: Topic) => number): number =>
  topics.reduce((sum, topic) => sum + weigh(topic), 0);

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes for a person: `600 GiB`, with two digits behind the point at most. */
function sizeText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${Number((bytes / 2 ** (10 * power)).toFixed(2))} ${units[power]}`;
}
