import type { Kind, Reference } from '../kind.ts';
import { expand, templateOf, valuesFor } from './expand.ts';
import { report } from './problems.ts';
import { AccessSpec } from './spec.ts';

const optional = new Set(['transactionalId', 'outputs']);

const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const spec = resource.spec as AccessSpec;
  if (spec.until !== undefined && spec.until < around.today)
    reportAt(details => report('expired', details), ['until'], `It ended on ${spec.until}.`);
  const template = templateOf(spec, around);
  if (template === undefined) {
    const known = around.facts('accessTemplate').map(each => each.name);
    reportAt(
      details => report('unknown-template', details),
      ['as'],
      `There is no access template \`${spec.as}\`; there are ${known.join(', ')}.`,
    );
    return;
  }
  const needed = new Set(template.parameters.map(each => (each === 'topics' ? 'topic' : each)));
  for (const rule of template.rules)
    for (const [, placeholder] of rule.name.matchAll(/\{(\w+)\}/g))
      if (!optional.has(placeholder as string)) needed.add(placeholder as string);
  for (const name of needed)
    if (valuesFor(name, spec) === undefined)
      reportAt(details => report('missing-parameter', details), [], `\`${spec.as}\` needs \`${name}\`.`);
  if (resource.tenant === null) return;
  const own = [
    { category: 'groups', value: spec.group, path: ['group'] },
    { category: 'transactionalIds', value: spec.transactionalId, path: ['transactionalId'] },
  ] as const;
  for (const { category, value, path } of own)
    if (value !== undefined && around.owner(category, value) !== resource.tenant)
      reportAt(details => report('group-not-yours', details), path, `\`${value}\` is not a name that ${resource.tenant} owns.`);
};

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
  references: spec => {
    const found: Reference[] = [];
    if (typeof spec.serviceAccount === 'string')
      found.push({ kind: 'ServiceAccount', name: spec.serviceAccount, path: ['serviceAccount'] });
    if (Array.isArray(spec.topics))
      spec.topics.forEach((topic, index) => {
        if (typeof topic === 'string' && !topic.endsWith('*'))
          found.push({ kind: 'Topic', name: topic, path: ['topics', index] });
      });
    return found;
  },
  expand,
  rules,
};
