import { z } from 'zod';
import type { Kind } from '../kind.ts';

/** What may be written in the `spec` of this kind. */
const SecretStoreSpec = z.strictObject({
  type: z.enum(['local']).describe('`local`: a file on this machine, encrypted with age.'),
  file: z.string().optional().describe('The encrypted file, relative to the landscape; `.kaas/secrets.age` without it.'),
});

/** A place for generated passwords and other secrets. */
export const secretStore: Kind = {
  name: 'SecretStore',
  plural: 'secret stores',
  description: 'A place where generated passwords and other secrets are kept.',
  writtenBy: 'tenant',
  lives: 'landscape',
  spec: SecretStoreSpec,
};
