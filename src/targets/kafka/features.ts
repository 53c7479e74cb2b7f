import { apiVersionsV4 } from '@platformatic/kafka';
import type { Kafka } from '#ports/kafka.ts';
import type { Brokers } from './brokers.ts';

/** The release that first had a level of metadata.version as its last one (kafka-features.sh version-mapping). */
const releases: readonly [level: number, release: string][] = [
  [7, '3.3'],
  [8, '3.4'],
  [11, '3.5'],
  [14, '3.6'],
  [19, '3.7'],
  [20, '3.8'],
  [21, '3.9'],
  [25, '4.0'],
  [27, '4.1'],
  [29, '4.2'],
  [30, '4.3'],
];

/** `4.3` for level 30; a level between two releases is of the later one, one beyond our table is of no release that we know. */
const releaseOf = (level: number): string | null => releases.find(([last]) => level <= last)?.[1] ?? null;

/** Which release answers and what the cluster has switched on (KIP-584), as one broker says it. */
export const featureCalls = (brokers: Brokers): Pick<Kafka, 'describeFeatures'> => ({
  async describeFeatures() {
    const { supportedFeatures = [], finalizedFeatures = [] } = await brokers.call(apiVersionsV4.api, ['kaas', '1']);
    const software = supportedFeatures.find(each => each.name === 'metadata.version')?.maxVersion;
    return {
      release: software === undefined ? null : releaseOf(software),
      features: finalizedFeatures
        .map(({ name, maxVersionLevel }) => ({ name, level: maxVersionLevel }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    };
  },
});
