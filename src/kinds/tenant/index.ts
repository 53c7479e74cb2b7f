import { z } from 'zod';
import type { Kind } from '../kind.ts';
import { report } from './problems.ts';
import { rules } from './rules.ts';

const patterns = z.array(z.string().regex(/^[A-Za-z0-9._-]*\*?$/, 'a name, or a prefix that ends in *')).optional();

/** What the platform may write in the `spec` of a Tenant. */
const TenantSpec = z.strictObject({
  owners: z
    .array(z.strictObject({ group: z.string().optional(), email: z.string().optional() }))
    .optional()
    .describe('Who decides for the tenant: `{ group: NAME }` or `{ email: … }`.'),
  cluster: z.string().optional().describe("The logical cluster of the tenant's documents."),
  owns: z
    .strictObject({
      topics: patterns,
      groups: patterns,
      transactionalIds: patterns,
      accounts: patterns,
      connectors: patterns,
      subjects: patterns,
    })
    .optional()
    .describe("Names and prefixes that are the tenant's; an absent category means `<tenant>.*`, `[]` none."),
  principals: z.array(z.string()).optional().describe('Principals outside SCRAM that the tenant may use: `User:CN=payments-*`.'),
  limits: z
    .strictObject({
      topics: z.int().min(0).optional().describe('Most topics in one environment.'),
      partitions: z.int().min(0).optional().describe('Most partitions in one environment, replicas not counted.'),
      storage: z
        .union([z.string(), z.int().min(0)])
        .optional()
        .describe(
          'Most bytes that its topics may keep, one copy of each: `500GiB`. Counted where `retention.bytes` bounds them.',
        ),
    })
    .optional()
    .describe('Most topics, partitions and storage in each environment.'),
  isolation: z.enum(['shared', 'dedicated']).optional().describe('Whether clusters are shared with others.'),
  contacts: z.record(z.string(), z.json()).optional().describe('Where to reach the team.'),
});

/** A team with its names, limits and people. */
export const tenant: Kind = {
  name: 'Tenant',
  plural: 'tenants',
  description: 'A team: the names it owns, its limits, the people who decide for it.',
  writtenBy: 'platform',
  lives: 'landscape',
  spec: TenantSpec,
  problems: report,
  rules,
};
