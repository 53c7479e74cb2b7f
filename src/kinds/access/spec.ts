import { z } from 'zod';

/** What a user may write in the `spec` of an Access. */
export const AccessSpec = z.strictObject({
  serviceAccount: z.string().describe('The account that gets the rights.'),
  as: z.string().describe('The access template: producer, consumer, viewer, transactional-producer …'),
  topics: z.array(z.string().min(1)).min(1).describe('Topics by name, or prefixes that end in `*`.'),
  group: z.string().min(1).optional().describe('Consumer group, or a prefix that ends in `*`.'),
  transactionalId: z.string().min(1).optional().describe('Transactional id, or a prefix that ends in `*`.'),
  parameters: z
    .record(z.string(), z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]))
    .optional()
    .describe("The template's own parameters."),
  reason: z.string().optional().describe('Why; shown to the owner who consents.'),
  until: z.iso.date().optional().describe('The last day on which it holds.'),
});
export type AccessSpec = z.infer<typeof AccessSpec>;
