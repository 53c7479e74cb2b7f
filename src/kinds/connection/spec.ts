import { z } from 'zod';

/** What a user may write in the `spec` of a Connection. */
export const ConnectionSpec = z.strictObject({
  type: z.string().optional().describe('What it is, in a word: `postgres`, `s3`, `http`.'),
  description: z.string().optional().describe('What it is for.'),
  address: z
    .string()
    .regex(/^([a-z][a-z0-9+.:-]*:\/\/)?(\[[0-9a-fA-F:]+\]|[^\s:/@[\]]+)(:\d{1,5})?(\/\S*)?$/, 'HOST:PORT or SCHEME://HOST:PORT')
    .optional()
    .describe('Where it answers; `kaas doctor` looks whether it can be reached.'),
  properties: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('Configuration that every connector takes over which names this connection.'),
});
export type ConnectionSpec = z.input<typeof ConnectionSpec>;
