import { z } from 'zod';

/** What a user may write in the `spec` of a Grant. */
export const GrantSpec = z.strictObject({
  to: z.string().optional().describe('The tenant that may.'),
  as: z.string().optional().describe('The access template that it may use on the topics.'),
  topics: z.array(z.string()).min(1).optional().describe('Topics, or prefixes that end in `*`.'),
  stores: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Secret stores in which it may keep and read secrets below its own name.'),
  schemas: z.array(z.string()).min(1).optional().describe('Schemas that its own may import: names, or prefixes that end in `*`.'),
  mirror: z.string().optional().describe('Instead of `to` and `as`: the Mirror that may copy the topics to its other cluster.'),
  groups: z.array(z.string()).min(1).optional().describe('With `mirror`: groups whose offsets it may carry over.'),
  until: z.iso.date().optional().describe('The last day on which it holds.'),
});
export type GrantSpec = z.infer<typeof GrantSpec>;
