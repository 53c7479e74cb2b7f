import { problems } from '#model/problem.ts';

/** Every problem that Tenant documents can have besides their shape. */
export const report = problems('tenant', {
  'limit-exceeded': {
    title: 'The tenant declares more than its limit',
    hint: 'Remove or shrink something, or let the platform raise the limit in the Tenant.',
  },
  'unbounded-storage': {
    title: 'The storage limit cannot hold every topic',
    severity: 'warning',
    hint: 'Write `retention.bytes`; it bounds topics whose cleanup.policy deletes.',
  },
  'bad-size': { title: 'This is no size', hint: 'Examples: 500GiB, 2TiB, 1073741824.' },
});
