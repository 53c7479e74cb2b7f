import type { Kind } from '../kind.ts';
import { report } from './problems.ts';
import type { GrantSpec } from './spec.ts';

/** Nobody but the owner consents, to something that exists, and not for ever if a day is named. */
export const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const spec = resource.spec as GrantSpec;
  if (spec.until !== undefined && spec.until < around.today)
    reportAt(details => report('expired', details), ['until'], `It ended on ${spec.until}.`);
  const templates = around.facts('accessTemplate').map(each => each.name);
  if (!templates.includes(spec.as))
    reportAt(
      details => report('unknown-template', details),
      ['as'],
      `There is no access template \`${spec.as}\`; there are ${templates.join(', ')}.`,
    );
  if (resource.tenant === null) return;
  spec.topics.forEach((topic, index) => {
    const found = topic.endsWith('*') ? undefined : around.resolve({ kind: 'Topic', name: topic }, resource.tenant);
    const owner = found?.tenant ?? around.owner('topics', topic.slice(topic.indexOf('/') + 1));
    if (owner !== resource.tenant)
      reportAt(
        details => report('not-yours', details),
        ['topics', index],
        `\`${topic}\`: ${owner === null ? `${resource.tenant} does not own it` : `it belongs to ${owner}`}.`,
      );
  });
};
