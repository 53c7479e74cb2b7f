import { z } from 'zod';
import type { Kind } from '../kind.ts';

const open = z.record(z.string(), z.json());

/** What may be written in the `spec` of this kind. */
const LandscapeSpec = z.strictObject({
  environments: z
    .array(z.string())
    .min(1)
    .refine(names => new Set(names).size === names.length, 'an environment stands twice')
    .describe('The environments, in the order in which people think of them.'),
  store: z
    .union([z.string(), z.strictObject({ env: z.string() })])
    .optional()
    .describe(
      'Where ledger, journal and history live: `sqlite:PATH` (default `sqlite:.kaas/kaas.db`), `postgres://…`, or an environment variable that names one.',
    ),
  allowedSigners: z.json().optional().describe('Keys whose commits are trusted.'),
  defaults: z.record(z.string(), open).optional().describe('Defaults by kind, below those of an environment.'),
  policies: open.optional().describe('Library rules that are on, with their parameters.'),
  people: z
    .array(
      z.strictObject({
        email: z.string(),
        forge: z.record(z.string(), z.string()).optional(),
        oidcSubject: z.string().optional(),
        signingKeys: z.array(z.string()).optional(),
      }),
    )
    .optional()
    .describe("Joins one person's identities."),
  sealing: z
    .strictObject({
      recipients: z
        .array(z.string().regex(/^age1[a-z0-9]+$/, 'an age recipient, like age1…'))
        .optional()
        .describe('Age recipients that secrets are sealed to; `kaas secret rotate-key` makes one.'),
      certificates: z
        .array(z.string())
        .optional()
        .describe('PEM files below `platform/` with certificates for SealedSecrets, the one to seal to first.'),
    })
    .optional()
    .describe('The public keys that secrets in Git are sealed to. The private ones never stand here.'),
  groups: z.record(z.string(), z.array(z.string())).optional().describe('Groups of people by e-mail.'),
});

/** The landscape itself: its environments, its store, defaults for everything. */
export const landscape: Kind = {
  name: 'Landscape',
  plural: 'landscapes',
  description: 'The landscape itself: its environments, its store, and defaults for everything in it.',
  writtenBy: 'platform',
  lives: 'landscape',
  spec: LandscapeSpec,
  files: spec => {
    const { certificates } = (spec.sealing ?? {}) as { certificates?: unknown };
    const files = Array.isArray(certificates) ? certificates : [];
    return files.flatMap((file, index) => (typeof file === 'string' ? [{ file, path: ['sealing', 'certificates', index] }] : []));
  },
};
