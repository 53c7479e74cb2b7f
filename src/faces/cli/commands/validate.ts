import type { Command } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { problemCode } from '../exit-codes.ts';
import { requireKnown } from '../narrowing.ts';
import { listOf } from '../options.ts';
import { showProblems } from '../views/problems.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'check the documents, offline: every problem with file, line, column and remedy',
  arguments: [{ name: '[ENV...]', description: 'environments to check (default: all)' }],
  options: [{ flags: '--tenant <name>', description: 'only problems that reach this tenant (repeatable)', repeatable: true }],
  formats: ['json', 'markdown', 'sarif', 'junit', 'name'],
  examples: [
    ['validate', 'all environments, offline'],
    ['validate prod --tenant payments', 'what keeps one tenant from one environment'],
    ['validate -o sarif > kaas.sarif', 'for a code scanner'],
  ],
  run: async (context, names, options) => {
    const { check } = await import('#flow/flow.ts');
    const outside = await context.open();
    const checked = await check(outside, names.length === 0 ? undefined : names);
    requireEnvironments(checked, names);
    const tenants = listOf(options, 'tenant');
    if (tenants !== undefined) await requireKnown(outside, checked, { tenants }, checked.problems);
    const problems = checked.problems.filter(
      problem =>
        tenants === undefined ||
        problem.scope === 'landscape' ||
        problem.scope === 'environment' ||
        problem.tenant == null ||
        tenants.includes(problem.tenant),
    );
    const count = checked.environments.reduce((sum, each) => sum + each.declared.length, 0);
    const where = checked.environments.map(each => each.environment).join(', ');
    context.print(
      showProblems(context, problems, context.paint.good(`No problems: ${count} resources in ${where || 'no environment'}.`)),
    );
    return problemCode(problems);
  },
};
