import type { Kind } from '../kind.ts';
import { expired, templateOf } from './expand.ts';
import { accountFact } from './known.ts';
import { report } from './problems.ts';
import { inputsOf, rightsOf, valuesFor } from './rights.ts';
import type { AccessSpec } from './spec.ts';

/** Checks of one Access that need its template, its account and the owners of what it names. */
export const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const spec = resource.spec as AccessSpec;
  if (expired(spec, around)) reportAt(details => report('expired', details), ['until'], `It ended on ${spec.until}.`);
  const account = accountFact(resource, around);
  if (account !== undefined && resource.tenant !== null && account.tenant !== resource.tenant)
    reportAt(
      details => report('account-not-yours', details),
      ['serviceAccount'],
      `\`${account.name}\` is an account of ${account.tenant ?? 'the platform'}.`,
    );
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
  const inputs = inputsOf(template);
  for (const name of inputs.required)
    if (valuesFor(name, spec).length === 0)
      reportAt(details => report('missing-parameter', details), ['as'], `\`${spec.as}\` needs \`${name}\`.`);
  const given: [string, (string | number)[]][] = [
    ...(['group', 'transactionalId'] as const).flatMap<[string, string[]]>(name =>
      spec[name] === undefined ? [] : [[name, [name]]],
    ),
    ...Object.keys(spec.parameters ?? {}).map<[string, string[]]>(name => [name, ['parameters', name]]),
  ];
  for (const [name, path] of given)
    if (!inputs.all.has(name))
      reportAt(details => report('unused-parameter', details), path, `\`${spec.as}\` has no use for \`${name}\`.`);
  const said = new Set<string>();
  const starred = new Set<string>();
  for (const right of rightsOf(resource, template, around)) {
    const where = JSON.stringify(right.path);
    if (right.path !== undefined && right.name !== '*' && right.name.includes('*') && !starred.has(where)) {
      starred.add(where);
      reportAt(details => report('star-inside', details), right.path, `No ${right.resourceType} is called \`${right.name}\`.`);
    }
    if (right.standing !== 'foreign' || right.path === undefined || said.has(where)) continue;
    said.add(where);
    const owner = right.owner === null ? `${resource.tenant} does not own it` : `it belongs to ${right.owner}`;
    const shown = right.pattern === 'prefixed' ? `${right.name}*` : right.name;
    reportAt(details => report('not-yours', details), right.path, `${right.resourceType} \`${shown}\`: ${owner}.`);
  }
};
