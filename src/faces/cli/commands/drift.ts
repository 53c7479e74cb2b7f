import type { Command } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { planCode, problemCode } from '../exit-codes.ts';
import { requireKnown } from '../narrowing.ts';
import { selectionOf, selectionOptions } from '../options.ts';
import { showPlan } from '../views/plan.ts';
import { showProblems } from '../views/problems.ts';

export const drift: Command = {
  name: 'drift',
  summary: "live state against what was last applied, without Git's newer revisions",
  arguments: [{ name: 'ENV', description: 'the environment' }],
  options: [...selectionOptions, { flags: '--exit-code', description: 'end with 4 when there is drift' }],
  formats: ['json', 'markdown', 'sarif', 'junit', 'name'],
  examples: [
    ['drift prod', 'what somebody changed on the cluster'],
    ['drift prod --exit-code -o name', 'for a nightly job: 4 when there is drift'],
  ],
  details: 'Each change says what would bring the cluster back: from what is live to what was applied.',
  run: async (context, [name = ''], options) => {
    const { detectDrift } = await import('#flow/drift.ts');
    const selection = selectionOf(options);
    const outside = await context.open();
    const { checked, plan } = await detectDrift(outside, name, selection === undefined ? {} : { selection });
    requireEnvironments(checked, [name]);
    await requireKnown(outside, checked, selection, plan?.problems ?? checked.problems);
    if (plan === undefined) {
      context.print(showProblems(context, checked.problems, `Nothing is known of \`${name}\`.`));
      return problemCode(checked.problems);
    }
    context.print(showPlan(context, plan, 'drift'));
    return planCode(plan, { drift: options.exitCode === true });
  },
};
