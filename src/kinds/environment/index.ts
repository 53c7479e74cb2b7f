import { z } from 'zod';
import type { Kind } from '../kind.ts';

const open = z.record(z.string(), z.json());

/** What the platform may write in the `spec` of an Environment. */
const EnvironmentSpec = z.strictObject({
  clusters: z.record(z.string(), z.string()).describe('Logical name to KafkaCluster: `main: prod-eu`.'),
  default: z.string().optional().describe('The logical cluster of documents that name none.'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]*$/)
    .optional()
    .describe('Goes before topics, groups, transactional ids, SCRAM users and connectors of this environment.'),
  after: z.string().optional().describe('The environment that a change passes first.'),
  variables: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('Values for `${var.NAME}`.'),
  sync: z
    .strictObject({
      mode: z.enum(['automatic', 'manual']).optional().describe('Whether the reconciler applies by itself.'),
      interval: z.string().optional().describe('How often it looks: `60s`.'),
      selfHeal: z.enum(['off', 'report', 'heal']).optional().describe('What it does about drift.'),
      waves: z.array(z.array(z.string())).optional().describe('Logical clusters, one list after the other.'),
      windows: z.array(open).optional().describe('When it may apply.'),
    })
    .optional()
    .describe('How the reconciler treats this environment.'),
  prune: z
    .strictObject({ data: z.boolean().optional() })
    .optional()
    .describe('`data: true` lets removed documents delete topics.'),
  policies: open.optional().describe('Parameters of library rules here; they win over those of the landscape.'),
  defaults: z.record(z.string(), open).optional().describe('Defaults by kind for this environment.'),
});

/** A stage such as dev or prod: its clusters, prefix, variables and defaults. */
export const environment: Kind = {
  name: 'Environment',
  plural: 'environments',
  description: 'A stage such as dev or prod: its clusters, its prefix, its variables and defaults.',
  writtenBy: 'platform',
  lives: 'landscape',
  spec: EnvironmentSpec,
};
