import { problems } from '#model/problem.ts';

/** Every problem that ConsumerGroup documents can have. */
export const report = problems('consumer-group', {
  'wrong-type': {
    title: 'This key is for groups of another type',
    hint: 'Keys begin with the type: `consumer.session.timeout.ms`.',
  },
  'bad-quantity': { title: 'This value is neither a number nor a duration', hint: 'Examples: 45000, 45s, 5m.' },
});
