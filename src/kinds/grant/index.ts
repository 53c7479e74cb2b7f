import type { Kind } from '../kind.ts';
import { report } from './problems.ts';
import { rules } from './rules.ts';
import { GrantSpec } from './spec.ts';

/** The owner's consent that another tenant may use topics of its own. */
export const grant: Kind = {
  name: 'Grant',
  plural: 'grants',
  description: "An owner's consent that another tenant may use its topics through a template.",
  writtenBy: 'tenant',
  lives: 'environment',
  spec: GrantSpec,
  problems: report,
  refersTo: ['Tenant', 'Topic'],
  references: spec => [
    { kind: 'Tenant', name: (spec as GrantSpec).to, path: ['to'] },
    ...(spec as GrantSpec).topics.flatMap((name, index) =>
      name.endsWith('*') ? [] : [{ kind: 'Topic', name, path: ['topics', index] }],
    ),
  ],
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
  rules,
};
