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
};
