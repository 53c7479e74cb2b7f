import { z } from 'zod';

const configValue = z.union([z.string(), z.number(), z.boolean()]);

/** What a user may write in the `spec` of a Topic. */
export const TopicSpec = z.strictObject({
  name: z.string().optional().describe('The name on the cluster, without the environment prefix; `metadata.name` when absent.'),
  partitions: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('Number of partitions. It can grow, never shrink. Without it: template, defaults, the broker.'),
  replicationFactor: z
    .int()
    .min(1)
    .max(32_767)
    .optional()
    .describe('Replicas of each partition. Without it: template, defaults, the broker.'),
  config: z
    .record(z.string(), configValue)
    .optional()
    .describe("Topic configuration by Kafka's own keys. Durations (`7d`) and sizes (`10GiB`) are understood."),
  template: z.string().optional().describe('A TopicTemplate that fills in what this document leaves open.'),
  owner: z.string().optional().describe('Team or person that answers for the topic.'),
  description: z.string().optional().describe('What one record means and what its key is.'),
  dataClass: z.enum(['public', 'internal', 'personal', 'secret']).optional().describe('How confidential the records are.'),
  lifecycle: z.enum(['active', 'deprecated', 'retired']).optional().describe('Where the topic stands in its life.'),
});
export type TopicSpec = z.infer<typeof TopicSpec>;
