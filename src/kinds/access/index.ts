import type { Kind, Reference } from '../kind.ts';
import { collapse } from './collapse.ts';
import { expand } from './expand.ts';
import { report } from './problems.ts';
import { rules } from './rules.ts';
import { AccessSpec } from './spec.ts';

/** Topics by the name of their document; what ends in `*` is a prefix and refers to none. */
const topicReferences = (names: unknown, path: (string | number)[]): Reference[] =>
  (Array.isArray(names) ? names : typeof names === 'string' ? [names] : []).flatMap((name, index) =>
    typeof name === 'string' && !name.endsWith('*') ? [{ kind: 'Topic', name, path: [...path, index] }] : [],
  );

/** What an account may do with topics, said by template instead of right by right. */
export const access: Kind = {
  name: 'Access',
  plural: 'accesses',
  description: 'What an account may do with topics, by template. Access to topics of another tenant waits for its Grant.',
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: AccessSpec,
  problems: report,
  refersTo: ['ServiceAccount', 'Topic'],
  references: spec => [
    ...(typeof spec.serviceAccount === 'string'
      ? [{ kind: 'ServiceAccount', name: spec.serviceAccount, path: ['serviceAccount'] }]
      : []),
    ...topicReferences(spec.topics, ['topics']),
    ...topicReferences((spec as AccessSpec).parameters?.outputs, ['parameters', 'outputs']),
  ],
  expand,
  collapse,
  rules,
};
