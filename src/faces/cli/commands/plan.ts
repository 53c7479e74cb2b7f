import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '#model/fault.ts';
import type { Command } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { planCode, problemCode } from '../exit-codes.ts';
import { confirmedOf, requireKnown } from '../narrowing.ts';
import { listOf, selectionOf, selectionOptions, textOf } from '../options.ts';
import { showPlan } from '../views/plan.ts';
import { showProblems } from '../views/problems.ts';
import { json } from '../views/problems-document.ts';

export const plan: Command = {
  name: 'plan',
  summary: 'read live state and print what applying would do, with its risks',
  arguments: [{ name: 'ENV', description: 'the environment' }],
  options: [
    { flags: '--out <file>', description: 'save the plan for `apply --plan`' },
    ...selectionOptions,
    { flags: '--offline', description: 'plan against an empty cluster' },
    { flags: '--exit-code', description: 'end with 2 when there is something to create, update or delete' },
    {
      flags: '--confirm-delete <name>',
      description: '[TENANT/]KIND/NAME or a plan digest whose deletion is confirmed (repeatable)',
      repeatable: true,
    },
  ],
  formats: ['json', 'markdown', 'sarif', 'junit', 'name'],
  examples: [
    ['plan dev', 'what would change, and what it would cost'],
    ['plan prod --tenant payments --kind Topic', 'only these'],
    ['plan prod --out prod.plan', 'to be applied exactly so: kaas apply prod --plan prod.plan'],
    ['plan dev --offline --exit-code', 'in a pipeline without a cluster: 2 when there is something to do'],
  ],
  details: 'Writes nothing to any cluster.',
  run: async (context, [name = ''], options) => {
    const { preview } = await import('#flow/flow.ts');
    const outside = await context.open({ offline: options.offline === true });
    const selection = selectionOf(options);
    const { checked, plan: made } = await preview(outside, name, {
      ...(selection === undefined ? {} : { selection }),
      confirmed: confirmedOf(listOf(options, 'confirmDelete'), outside.kinds),
    });
    requireEnvironments(checked, [name]);
    await requireKnown(outside, checked, selection, made?.problems ?? checked.problems);
    if (made === undefined) {
      context.print(showProblems(context, checked.problems, `Nothing is known of \`${name}\`.`));
      return problemCode(checked.problems);
    }
    const out = textOf(options, 'out');
    if (out !== undefined)
      await writeFile(resolve(context.host.directory, out), json(made), { mode: 0o600 }).catch(error => {
        throw new Fault('files/not-written', `The plan could not be saved to ${out}: ${(error as Error).message}`);
      });
    context.print(showPlan(context, made));
    return planCode(made, { changes: options.exitCode === true });
  },
};
