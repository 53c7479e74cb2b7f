import { z } from 'zod';

/** What a user may write in the `spec` of a ServiceAccount. */
export const ServiceAccountSpec = z.strictObject({
  principal: z
    .string()
    .regex(/^[A-Za-z]+:.+$/, 'a type and a name, like User:CN=shop')
    .optional()
    .describe('The principal with its type, for accounts that are not SCRAM: `User:CN=…`.'),
  authentication: z
    .strictObject({
      type: z
        .enum(['scram-sha-512', 'scram-sha-256', 'tls', 'oauthbearer', 'external'])
        .describe('How the account proves who it is.'),
    })
    .optional()
    .describe('SCRAM-SHA-512 without it.'),
  credentials: z
    .strictObject({
      deliverTo: z
        .strictObject({
          store: z.string().min(1).describe('A SecretStore, or `local`.'),
          key: z.string().min(1).optional().describe('The key in it; `<tenant>/<environment>/<cluster>/<user>` without it.'),
        })
        .optional()
        .describe(
          'Where a generated password goes; `{ store: local }` without it. A `tls` account that has it gets a certificate there.',
        ),
      rotateEvery: z.string().optional().describe('How old a password or certificate may grow: `90d`.'),
      usedBy: z.array(z.string().min(1)).optional().describe('Workloads that log in with it, in words: a rotation names them.'),
      validFor: z.string().optional().describe('How long a client certificate is good for: `90d`, also without it.'),
      overlap: z.string().optional().describe('How long the old one still works beside the new one: `24h`.'),
    })
    .optional()
    .describe('What becomes of the password that is made for the account.'),
});
export type ServiceAccountSpec = z.infer<typeof ServiceAccountSpec>;

const mechanisms = { 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const;
/** The SCRAM mechanism of an account; undefined for accounts of another kind. */
export const mechanismOf = (spec: ServiceAccountSpec): 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | undefined =>
  (mechanisms as Record<string, 'SCRAM-SHA-256' | 'SCRAM-SHA-512'>)[spec.authentication?.type ?? 'scram-sha-512'];
