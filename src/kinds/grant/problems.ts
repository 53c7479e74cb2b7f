import { problems } from '#model/problem.ts';

/** Every problem that Grant documents can have. */
export const report = problems('grant', {
  'not-yours': {
    title: 'Only the owner can consent',
    hint: 'The grant belongs in the folder of the tenant that owns the topics, the schemas or the store.',
  },
  nothing: { title: 'The grant consents to nothing', hint: 'Write `as` with `topics`, or `schemas`, or `stores`.' },
  unclear: {
    title: 'It does not say whom the owner consents to',
    hint: 'Write `to`, or `mirror` with `topics` and, if need be, `groups`.',
  },
  'unknown-template': { title: 'There is no such access template', hint: 'Consent names what an Access writes in `as`.' },
  expired: { title: 'The grant has expired', severity: 'warning', hint: 'Prolong `until`, or remove the document.' },
});
