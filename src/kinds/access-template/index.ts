import { z } from 'zod';
import type { AccessRule } from '#model/fact.ts';
import { aclOperations } from '#ports/kafka.ts';
import type { Kind } from '../kind.ts';
import { builtIn } from './built-in.ts';
import { report } from './problems.ts';

/** What may be written in the `spec` of this kind. */
const AccessTemplateSpec = z.strictObject({
  parameters: z
    .array(z.string())
    .default([])
    .describe('What an Access must give: topics, group, transactionalId, or names of its own.'),
  rules: z
    .array(
      z.strictObject({
        resource: z.enum(['topic', 'group', 'transactionalId']).describe('What the right is on.'),
        name: z.string().describe('A name with placeholders: `{topic}`, `{group}`, `{transactionalId}` or a parameter.'),
        pattern: z.enum(['literal', 'prefixed']).optional().describe('Follows a trailing `*` of the value where it is left out.'),
        operations: z.array(z.enum(aclOperations)).min(1).describe('The rights.'),
      }),
    )
    .min(1)
    .describe('The rights; a rule repeats for each value of its placeholder.'),
});

/** A named set of rights that Access documents refer to. */
export const accessTemplate: Kind = {
  name: 'AccessTemplate',
  plural: 'access templates',
  description: 'A named set of rights with placeholders, used by Access.',
  writtenBy: 'platform',
  lives: 'landscape',
  spec: AccessTemplateSpec,
  problems: report,
  builtInFacts: builtIn,
  rules: (resource, _around, reportAt) => {
    if (builtIn.some(each => each.name === resource.name))
      reportAt(details => report('built-in-name', details), [], `\`${resource.name}\` is built in.`);
  },
  facts: resource => {
    const { parameters = [], rules } = resource.spec as unknown as { parameters?: string[]; rules: AccessRule[] };
    return [{ fact: 'accessTemplate', name: resource.name, parameters, rules }];
  },
};
