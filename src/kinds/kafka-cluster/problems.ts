import { problems } from '#model/problem.ts';

/** Every problem that KafkaCluster documents can have besides their shape. */
export const report = problems('kafka-cluster', {
  'bad-scope': { title: 'Broker configuration is for all brokers or for one', hint: 'Write `default`, or the id of a broker.' },
  'secret-config': {
    hides: true,
    title: 'This configuration holds a secret',
    hint: 'The broker never shows it, so it cannot be compared; and it would stand in Git in clear. Set it on the broker.',
  },
  'bad-quantity': { title: 'This value is neither a number nor a duration or size', hint: 'Examples: 604800000, 7d, 10GiB.' },
});

/** Why a change of broker configuration cannot be done: codes of reasons, not of problems. */
export const reasons = {
  unknownKey: 'kafka-cluster/unknown-key',
  noBroker: 'kafka-cluster/no-such-broker',
} as const;

/** What import does not bring of broker configuration. */
export const left = {
  secret: { code: 'kafka-cluster/secret-config', message: 'It is secret: no broker shows it, and it belongs in no document.' },
  fromBirth: {
    code: 'kafka-cluster/set-from-birth',
    message: "Kafka sets it itself when a cluster is made (KIP-966), so that it says nothing of anybody's wish.",
  },
} as const;
