import { problems } from '#model/problem.ts';

/** Every problem that ServiceAccount documents can have. */
export const report = problems('service-account', {
  'principal-missing': { title: 'The principal is missing', hint: 'An account that is not SCRAM needs `principal: User:…`.' },
  'principal-not-yours': {
    title: 'The principal is not given to this tenant',
    hint: 'The platform lists principals in `Tenant.spec.principals`.',
  },
  'scram-principal': {
    title: 'A SCRAM account takes its name as principal',
    hint: 'Write `principal: User:<metadata.name>` or leave it out.',
  },
  'unsafe-name': { title: 'SCRAM cannot carry this name', hint: 'Use ASCII without commas or equals signs.' },
});
