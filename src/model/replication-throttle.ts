/**
 * Replication throttles (KIP-73) carry no note of who set them, so ours are known by their values. That needs no memory: a killed run, a lost store and
 * another environment on the same cluster all tell ours from somebody else's. docs/decisions/0009-throttles-known-by-their-values.md
 */
export const rateKeys = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate'] as const;
export const replicaKeys = ['leader.replication.throttled.replicas', 'follower.replication.throttled.replicas'] as const;

/** 50 MiB a second and broker, near enough: the odd end says that it is ours. A rate that somebody set is never replaced, so this is a default. */
export const ourRate = '52428073';

/** A partition that no topic can have, on a broker that no cluster has: Kafka passes over it. */
const ourMark = '2147483647:2147483647';

/** The value of a topic's throttled replicas as we write it, from `partition:broker` pairs. */
export const ourReplicas = (pairs: Iterable<string>): string => [...new Set(pairs), ourMark].join(',');

/** Did we set this, for as long as replicas move? */
export const isOurThrottle = (key: string, value: string | null): boolean =>
  (rateKeys.some(each => each === key) && value === ourRate) ||
  (replicaKeys.some(each => each === key) && value !== null && value.split(',').includes(ourMark));
