import type { Applied, Plan } from '#model/plan.ts';
import { agreed } from '../agreed.ts';
import type { Command } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { applyCode, exitCodes, planCode, problemCode } from '../exit-codes.ts';
import { confirmedOf, requireKnown } from '../narrowing.ts';
import { listOf, selectionOf, selectionOptions, textOf } from '../options.ts';
import { readSavedPlan, requireSame, requireWhole } from '../saved-plan.ts';
import { Usage } from '../usage.ts';
import { showPlan } from '../views/plan.ts';
import { outcomeLines, planText } from '../views/plan-text.ts';
import { showProblems } from '../views/problems.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'plan, show, ask, and write exactly what the plan says',
  arguments: [{ name: 'ENV', description: 'the environment' }],
  options: [
    { flags: '--yes', description: 'do not ask' },
    { flags: '--plan <file>', description: 'apply exactly this saved plan; what changed since is refused by name' },
    { flags: '--partial', description: 'go on where a problem does not reach' },
    {
      flags: '--confirm-delete <name>',
      description: '[TENANT/]KIND/NAME or a plan digest that a guard holds back (repeatable)',
      repeatable: true,
    },
    ...selectionOptions,
  ],
  formats: ['json', 'markdown', 'sarif', 'junit', 'name'],
  examples: [
    ['apply dev', 'plan, show, ask, write'],
    ['apply prod --plan prod.plan --yes', 'exactly what was reviewed'],
    ['apply prod --tenant payments --yes', "whatever another tenant's documents say"],
    ['apply dev --confirm-delete shop/Topic/shop.old', 'a topic that holds data goes only by name'],
  ],
  details: 'Plain apply is all or nothing: it writes nothing while the plan has a problem or an impossible change.',
  run: async (context, [name = ''], options) => {
    if (options.yes !== true && !context.host.terminal.stdin)
      throw new Usage('Nobody can be asked here: standard input is no terminal. Pass --yes to apply without asking.');
    const [{ hasErrors, preview, reconcile }, { resumeIfNeeded }, { stale }] = await Promise.all([
      import('#flow/flow.ts'),
      import('#flow/resume.ts'),
      import('#flow/stale.ts'),
    ]);
    const file = textOf(options, 'plan');
    const saved = file === undefined ? undefined : await readSavedPlan(context.host.directory, file, name);
    const asked = selectionOf(options);
    const selection = saved?.selection ?? asked;
    const outside = await context.open();
    const given = confirmedOf(listOf(options, 'confirmDelete'), outside.kinds);
    if (saved !== undefined) {
      requireSame(saved, { narrowed: asked !== undefined, confirmed: given });
      await requireWhole(outside, file as string, saved);
    }
    const settled = await resumeIfNeeded(outside, name, context.log);
    if (settled > 0)
      context.log(`${settled} change(s) that an earlier run had left open were checked against the cluster and settled.`);
    const plannedAt = outside.now();
    const { checked, plan: fresh } = await preview(outside, name, {
      ...(selection === undefined ? {} : { selection }),
      confirmed: saved === undefined ? given : confirmedOf(saved.confirmed, outside.kinds),
    });
    requireEnvironments(checked, [name]);
    await requireKnown(outside, checked, selection, fresh?.problems ?? checked.problems);
    if (fresh === undefined || checked.frame === undefined) {
      context.print(showProblems(context, checked.problems, `Nothing is known of \`${name}\`.`));
      return problemCode(checked.problems);
    }
    const { plan, refused } = saved === undefined ? { plan: fresh, refused: [] } : stale(saved, fresh);
    const text = context.format === 'text';
    // Narrowed to tenants, it goes on where a problem does not reach: one tenant's mistake is not another's.
    const partial = options.partial === true || selection?.tenants !== undefined;
    if (text) context.print(showPlan(context, plan));
    const ready = plan.changes.filter(change => change.state === 'ready').length;
    if (!partial && hasErrors(plan)) {
      if (!text) context.print(showPlan(context, notBegun(plan, refused)));
      context.log('Nothing was applied: the plan has problems. Mend them, or pass --partial to go on where they do not reach.');
      return exitCodes.problem;
    }
    if (ready === 0 && refused.length === 0) {
      if (!text) context.print(showPlan(context, notBegun(plan, refused)));
      return planCode(plan);
    }
    if (options.yes !== true && !text) context.log(planText(plan, context.logPaint));
    if (
      options.yes !== true &&
      !(await agreed(context, `Apply ${ready} change${ready === 1 ? '' : 's'} to ${plan.environment}?`))
    ) {
      if (!text) context.print(showPlan(context, notBegun(plan, refused)));
      context.log('Nothing was applied.');
      return exitCodes.done;
    }
    const written = await reconcile(outside, plan, { partial, frame: checked.frame, plannedAt });
    const applied: Applied = { ...written, changes: [...written.changes, ...refused] };
    context.print(text ? `\n${outcomeLines(applied, context.paint)}` : showPlan(context, applied));
    return applyCode(applied);
  },
};

/** A plan of which nothing was written, with the reason of each change. */
const notBegun = (plan: Plan, refused: Applied['changes']): Applied => ({
  ...plan,
  runId: '',
  changes: [...plan.changes.map(skipped), ...refused],
});

const skipped = (change: Plan['changes'][number]): Applied['changes'][number] => ({
  ...change,
  outcome: {
    state: 'skipped',
    message:
      change.state === 'ready'
        ? 'nothing was applied'
        : (change.blockedBy[0]?.message ?? change.reasons.at(-1)?.message ?? change.state),
  },
});
