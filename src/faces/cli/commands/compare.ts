import type { Composed } from '#flow/compose.ts';
import type { Compared } from '#questions/compare.ts';
import type { Command } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { problemCode } from '../exit-codes.ts';
import { type Paint, plain } from '../views/paint.ts';
import { json } from '../views/problems-document.ts';
import { problemsText } from '../views/problems-text.ts';

export const compare: Command = {
  name: 'compare',
  summary: 'what two environments differ in, prefixes discounted',
  arguments: [
    { name: 'ENV', description: 'one environment' },
    { name: 'OTHER', description: 'the other' },
  ],
  options: [],
  formats: ['json', 'name'],
  examples: [['compare dev prod', 'what prod asks for and dev does not, and the other way round']],
  run: async (context, [one = '', other = '']) => {
    const [{ check }, { compareEnvironments }] = await Promise.all([import('#flow/flow.ts'), import('#questions/compare.ts')]);
    const outside = await context.open();
    const checked = await check(outside, [one, other]);
    requireEnvironments(checked, [one, other]);
    const side = (name: string) => {
      const composed: Composed | undefined = checked.environments.find(each => each.environment === name);
      const resources = (composed?.declared ?? []).filter(each => outside.kinds.get(each.kind)?.lives !== 'landscape');
      return { environment: name, prefix: composed?.prefix ?? '', resources };
    };
    const differences = compareEnvironments(side(one), side(other));
    if (context.format === 'json') context.print(json({ schemaVersion: 1, from: one, to: other, differences }));
    else if (context.format === 'name') context.print(differences.map(each => `${each.kind}/${each.name}`).join('\n'));
    else if (differences.length === 0) context.print(`${one} and ${other} ask for the same.`);
    else context.print(differences.map(each => comparedText(each, one, context.paint)).join('\n'));
    if (checked.problems.length > 0) context.log(problemsText(checked.problems, context.logPaint));
    return problemCode(checked.problems);
  },
};

function comparedText(each: Compared, one: string, paint: Paint): string {
  const title = `${each.kind} ${plain(each.name)}  ${paint.faint(`${each.cluster ?? 'no cluster'} · ${each.tenant ?? 'platform'}`)}`;
  if (each.onlyIn !== undefined)
    return each.onlyIn === one ? paint.bad(`- ${title} only in ${each.onlyIn}`) : paint.good(`+ ${title} only in ${each.onlyIn}`);
  const value = (json: unknown) => (json === null ? '(not set)' : plain(typeof json === 'string' ? json : JSON.stringify(json)));
  return [`~ ${title}`, ...each.fields.map(field => `    ${field.path}: ${value(field.from)} → ${value(field.to)}`)].join('\n');
}
