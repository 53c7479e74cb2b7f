import { z } from 'zod';
import { aclOperations } from '#ports/kafka.ts';

/** What a user may write in the `spec` of an Acl. */
export const AclSpec = z.strictObject({
  serviceAccount: z.string().optional().describe('The ServiceAccount that the rule is for.'),
  principal: z.string().optional().describe('Or a principal with its type, platform only unless it is given to the tenant.'),
  resource: z
    .strictObject({
      type: z
        .enum(['topic', 'group', 'transactionalId', 'cluster', 'delegationToken', 'user'])
        .describe('What the rule is about.'),
      name: z.string().min(1).describe('Its name without the environment prefix; `*` for all; `kafka-cluster` for the cluster.'),
      pattern: z.enum(['literal', 'prefixed']).default('literal').describe('Exactly this name, or all names that begin with it.'),
    })
    .describe('What the rule is about.'),
  operations: z.array(z.enum(aclOperations)).min(1).describe("Kafka's operations: READ, WRITE, DESCRIBE …"),
  permission: z.enum(['allow', 'deny']).default('allow').describe('Allow or deny; deny wins.'),
  host: z.string().min(1).default('*').describe('From where; `*` for everywhere.'),
});
export type AclSpec = z.output<typeof AclSpec>;
