import { problems } from '#model/problem.ts';

/** Every problem that SecretStore documents can have. */
export const report = problems('secret-store', {
  'reserved-name': {
    title: 'This name is taken',
    hint: '`local` is the store that needs no document. Give this one another name.',
  },
  'platform-only': {
    title: "A tenant's store may not use what is the platform's",
    hint: 'Its login is a secret that the platform keeps for the tenant: `{ store: NAME, key: <tenant>/… }`.',
  },
  'circular-login': {
    title: 'The login of a store is kept in another one',
    hint: "Name an environment variable or a file. Only a tenant's store logs in with a secret out of a store, one of the platform's.",
  },
  'in-clear': {
    title: 'Secrets would travel in clear',
    severity: 'warning',
    hint: 'Write https://, with `tls.ca` where the authority is your own.',
  },
  'shared-place': {
    title: 'Two stores keep their secrets in one place',
    hint: 'Give each its own path, namespace, prefix or vault, or use one document for both by a Grant.',
  },
});
