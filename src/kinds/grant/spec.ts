import { z } from 'zod';

/** What a user may write in the `spec` of a Grant. */
export const GrantSpec = z.strictObject({
  to: z.string().describe('The tenant that may.'),
  as: z.string().describe('The access template that it may use.'),
  topics: z.array(z.string()).min(1).describe('Topics, or prefixes that end in `*`.'),
  until: z.iso.date().optional().describe('The last day on which it holds.'),
});
export type GrantSpec = z.infer<typeof GrantSpec>;
