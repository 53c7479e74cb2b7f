import { z } from 'zod';

const quotaKeys = [
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
  'connection_creation_rate',
] as const;

/** What may be written in the `spec` of this kind. */
export const QuotaSpec = z.strictObject({
  entity: z
    .strictObject({
      serviceAccount: z.string().optional().describe('An account of the landscape.'),
      user: z.string().optional().describe('Or a user by name.'),
      clientId: z.string().optional().describe('A client id.'),
      ip: z.string().optional().describe('An address; stands alone.'),
      default: z
        .array(z.enum(['user', 'clientId', 'ip']))
        .optional()
        .describe("Parts that are Kafka's default entity."),
    })
    .describe('Whom the limits hold for.'),
  limits: z
    .partialRecord(z.enum(quotaKeys), z.union([z.number().positive(), z.string()]))
    .describe("Limits by Kafka's own keys; `1MiB` is understood for byte rates."),
});
export type QuotaSpec = z.infer<typeof QuotaSpec>;
