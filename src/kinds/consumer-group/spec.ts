import { z } from 'zod';

/** What a user may write in the `spec` of a ConsumerGroup. */
export const ConsumerGroupSpec = z.strictObject({
  name: z.string().optional().describe('The group id without the environment prefix; `metadata.name` when absent.'),
  type: z.enum(['consumer', 'share', 'streams']).default('consumer').describe('Which protocol its members speak.'),
  config: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("Group configuration by Kafka's own keys."),
  owner: z.string().optional().describe('Who answers for it.'),
});
export type ConsumerGroupSpec = z.input<typeof ConsumerGroupSpec>;
