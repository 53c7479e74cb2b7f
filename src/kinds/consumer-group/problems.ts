import type { Reason } from '#model/change.ts';
import { problems } from '#model/problem.ts';

/** Every problem that ConsumerGroup documents can have. */
export const report = problems('consumer-group', {
  'wrong-type': {
    title: 'This key is for groups of another type',
    hint: 'Keys begin with the type: `consumer.session.timeout.ms`.',
  },
  'bad-quantity': { title: 'This value is neither a number nor a duration', hint: 'Examples: 45000, 45s, 5m.' },
});

/** What a broker before Kafka 4.1 (KIP-1142) cannot list. */
export const configuredAlone: Reason = {
  code: 'consumer-group/not-listed',
  message: 'This Kafka cannot list groups that have configuration and neither members nor offsets; of those nothing is known.',
};

/** What import cannot bring of a group: keys of a protocol that is not its document's. */
export const otherProtocols: Reason = {
  code: 'consumer-group/other-protocols',
  message: 'Declared with one protocol; keys of others are set on it too and stay.',
};
