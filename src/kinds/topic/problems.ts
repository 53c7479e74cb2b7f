import type { Reason } from '#model/change.ts';
import { problems } from '#model/problem.ts';

/** Every problem that Topic documents can have. */
export const report = problems('topic', {
  'bad-name': {
    title: 'Kafka does not accept this topic name',
    hint: 'Use at most 249 of the characters a-z A-Z 0-9 . _ - (and not only dots).',
  },
  'name-collision': {
    title: 'Two topic names collide',
    hint: 'Kafka replaces . by _ in metric names, so it refuses a topic that differs from another only in these.',
  },
  'internal-name': {
    title: 'This name belongs to Kafka itself',
    hint: 'Names that start with __ are internal topics; choose another.',
  },
  'min-insync-above-replication': {
    title: 'min.insync.replicas is above the replication factor',
    hint: 'No write could reach so many replicas: older brokers refuse all with acks=all, newer ones quietly ask for fewer. Lower it or raise replicationFactor.',
  },
  'bad-quantity': {
    title: 'This value is neither a number nor a duration or size',
    hint: 'Examples: 604800000, 7d, 12h, 10GiB, 512MiB.',
  },
});

/** Why a change of a topic cannot be done or what it costs: codes of reasons, not of problems. */
export const reasons = {
  shrink: 'topic/partitions-cannot-shrink',
  replicationAboveBrokers: 'topic/replication-above-brokers',
  collision: 'topic/name-collision',
  keysMove: 'topic/keys-will-move',
  retention: 'topic/retention-drops-data',
  cleanup: 'topic/cleanup-changes',
  dataLost: 'topic/delete-drops-data',
  consumers: 'topic/live-consumers',
  unread: 'topic/unread-records',
  rights: 'topic/rights-name-it',
  minInsync: 'topic/min-insync-above-replication',
  moving: 'topic/replicas-moving',
  brokerDown: 'topic/broker-down',
  notListed: 'topic/not-listed',
} as const;

/** What import cannot bring of a topic. */
export const unreachable: Reason = {
  code: reasons.minInsync,
  message: 'Its min.insync.replicas is above its replication factor; no document may ask for that.',
};
