import { z } from 'zod';
import { compatibilities } from '#ports/schema-registry.ts';

const name = z
  .string()
  .min(1)
  .describe('What the text calls it: a full name (Avro), an import path (Protobuf), a URI (JSON Schema).');
const version = z.int().positive();

/** What a user may write in the `spec` of a Schema. */
export const SchemaSpec = z.strictObject({
  subject: z.string().min(1).max(249).optional().describe('The subject, where it differs from `metadata.name`.'),
  type: z.enum(['AVRO', 'PROTOBUF', 'JSON']).describe('The language of the schema.'),
  file: z.string().optional().describe("The schema's text in a file, relative to the document, in the tenant's folder."),
  definition: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .optional()
    .describe("The schema's text itself; Avro and JSON Schema may be written as YAML."),
  references: z
    .array(
      z.union([
        z.strictObject({
          name,
          schema: z.string().describe("A Schema by `metadata.name`, or TENANT/NAME with that tenant's Grant."),
          version: version.optional().describe('Stays at this version; without it the latest.'),
        }),
        z.strictObject({ name, subject: z.string().describe('A subject as the registry calls it.'), version }),
      ]),
    )
    .optional()
    .describe('Schemas that this one imports.'),
  compatibility: z
    .enum(compatibilities)
    .optional()
    .describe('What the registry holds new versions to; its own setting without it.'),
  mode: z.enum(['READWRITE', 'READONLY', 'IMPORT']).optional().describe("The subject's mode; the registry's own without it."),
  normalize: z.boolean().optional().describe('Let the registry normalise the text before it compares and keeps it.'),
});
export type SchemaSpec = z.infer<typeof SchemaSpec>;
