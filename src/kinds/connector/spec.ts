import { z } from 'zod';

const settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** What a user may write in the `spec` of a Connector. */
export const ConnectorSpec = z.strictObject({
  name: z.string().optional().describe('The name on the workers without the environment prefix; `metadata.name` when absent.'),
  connect: z
    .string()
    .regex(/^([A-Za-z0-9._-]+\/)?[A-Za-z0-9._-]+$/, 'NAME or KAFKACLUSTER/NAME')
    .describe('The Connect cluster: a name below `connection.connect` of the KafkaCluster, or KAFKACLUSTER/NAME.'),
  connection: z.string().optional().describe('A Connection whose `properties` lie below `config`.'),
  class: z.string().describe('The connector class, as the workers name it.'),
  config: settings
    .optional()
    .describe(
      'Configuration without `name` and `connector.class`. `${secret.STORE.KEY}` stands for a secret; Connect sees strings.',
    ),
  state: z
    .enum(['running', 'paused', 'stopped'])
    .default('running')
    .describe('`paused` keeps its tasks, `stopped` ends them; neither deletes it.'),
});
export type ConnectorSpec = z.input<typeof ConnectorSpec>;
