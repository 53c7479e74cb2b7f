import { z } from 'zod';
import type { Kind } from '../kind.ts';

/** What may be written in the `spec` of this kind. */
const TopicTemplateSpec = z.strictObject({
  partitions: z.int().min(1).optional().describe('Number of partitions.'),
  replicationFactor: z.int().min(1).optional().describe('Replicas of each partition.'),
  config: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("Topic configuration by Kafka's own keys."),
  overridable: z
    .array(z.string())
    .optional()
    .describe('Fields of the template that a topic may set otherwise; all without it, none with `[]`.'),
});

/** What a topic takes over when it names this template. */
export const topicTemplate: Kind = {
  name: 'TopicTemplate',
  plural: 'topic templates',
  description: 'Partitions, replication and configuration that topics take over by name.',
  writtenBy: 'platform',
  lives: 'landscape',
  spec: TopicTemplateSpec,
};
