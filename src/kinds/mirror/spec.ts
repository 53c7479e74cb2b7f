import { z } from 'zod';

const names = z.array(z.string().min(1)).min(1);

/** What may be written in the `spec` of a Mirror. */
export const MirrorSpec = z.strictObject({
  from: z
    .string()
    .min(1)
    .describe('Where the records are: a logical cluster, a KafkaCluster of any environment, or ENVIRONMENT/CLUSTER.'),
  to: z.string().min(1).describe('Where they shall be as well: a logical cluster of this environment, or its KafkaCluster.'),
  connect: z.string().min(1).describe('The Connect cluster beside the target that does the work.'),
  account: z
    .string()
    .optional()
    .describe("The ServiceAccount of the source's environment that it reads as; the KafkaCluster's own login without it."),
  topics: names.describe('Topics by name, or prefixes that end in `*`.'),
  groups: names
    .optional()
    .describe('Consumer groups whose offsets are carried over, translated: names, or prefixes that end in `*`.'),
  replicationPolicy: z
    .enum(['default', 'identity'])
    .default('default')
    .describe('`default` puts the name of the source and a dot before topics on the target; `identity` keeps their names.'),
  heartbeats: z
    .boolean()
    .default(false)
    .describe('Also write heartbeats to the target, so that silence can be told from idleness.'),
  tasks: z.number().int().min(1).default(1).describe('How many tasks share the partitions.'),
  config: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('Further settings of MirrorMaker, the same for all of its connectors.'),
  state: z.enum(['running', 'paused', 'stopped']).default('running').describe('What its connectors shall do.'),
});
export type MirrorSpec = z.input<typeof MirrorSpec>;
