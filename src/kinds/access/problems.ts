import { problems } from '#model/problem.ts';

/** Every problem that Access documents can have. */
export const report = problems('access', {
  'unknown-template': {
    title: 'There is no such access template',
    hint: 'Name a built-in template or an AccessTemplate of the platform.',
  },
  'missing-parameter': {
    title: 'The template needs a value that is not given',
    hint: 'Write `group`, `transactionalId` or the entry of `parameters` that it names.',
  },
  'unused-parameter': {
    title: 'The template has no use for this value',
    severity: 'warning',
    hint: 'Remove it, or choose the template that it belongs to.',
  },
  'account-not-yours': {
    title: 'The account belongs to somebody else',
    hint: 'An Access gives rights to an account of its own tenant.',
  },
  'not-yours': {
    title: 'The name belongs to somebody else',
    hint: 'Groups, transactional ids and application ids must be names that the tenant owns.',
  },
  'star-inside': {
    title: 'A * stands inside a name',
    severity: 'warning',
    hint: 'Only a trailing * makes a prefix, and where the template adds to the value (`{applicationId}-`) none can: write one name.',
  },
  expired: {
    title: 'The access has expired',
    severity: 'warning',
    hint: 'Its rights go; prolong `until` or remove the document.',
  },
});
