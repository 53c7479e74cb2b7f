import { z } from 'zod';
import { problems } from '#model/problem.ts';
import type { Kind } from '../kind.ts';

export const GrantSpec = z.strictObject({
  to: z.string().describe('The tenant that may.'),
  as: z.string().describe('The access template that it may use.'),
  topics: z.array(z.string()).min(1).describe('Topics, or prefixes that end in `*`.'),
  until: z.iso.date().optional().describe('The last day on which it holds.'),
});
type GrantSpec = z.infer<typeof GrantSpec>;

const report = problems('grant', {
  'not-yours': {
    title: 'Only the owner can consent',
    hint: 'The grant belongs in the folder of the tenant that owns the topics.',
  },
  expired: { title: 'The grant has expired', severity: 'warning', hint: 'Prolong `until`, or remove the document.' },
});

/** The owner's consent that another tenant may use topics of its own. */
export const grant: Kind = {
  name: 'Grant',
  plural: 'grants',
  description: "An owner's consent that another tenant may use its topics through a template.",
  writtenBy: 'tenant',
  lives: 'environment',
  spec: GrantSpec,
  problems: report,
  facts: resource => {
    const spec = resource.spec as GrantSpec;
    return [
      {
        fact: 'consent',
        from: resource.tenant,
        to: spec.to,
        as: spec.as,
        topics: spec.topics,
        ...(spec.until === undefined ? {} : { until: spec.until }),
      },
    ];
  },
  rules: (resource, around, reportAt) => {
    const spec = resource.spec as GrantSpec;
    if (spec.until !== undefined && spec.until < around.today)
      reportAt(details => report('expired', details), ['until'], `It ended on ${spec.until}.`);
    if (resource.tenant === null) return;
    spec.topics.forEach((topic, index) => {
      const owner = around.owner('topics', topic);
      if (owner !== resource.tenant)
        reportAt(
          details => report('not-yours', details),
          ['topics', index],
          `\`${topic}\` ${owner === null ? "is nobody's" : `belongs to ${owner}`}.`,
        );
    });
  },
};
