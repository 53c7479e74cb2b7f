import { problems } from '#model/problem.ts';

/** Every problem that Access documents can have. */
export const report = problems('access', {
  'unknown-template': { title: 'There is no such access template' },
  'missing-parameter': { title: 'The template needs a value that is not given' },
  'group-not-yours': { title: 'The name belongs to somebody else', hint: 'Use a group or transactional id of your own.' },
  expired: {
    title: 'The access has expired',
    severity: 'warning',
    hint: 'Its rights go; prolong `until` or remove the document.',
  },
});
