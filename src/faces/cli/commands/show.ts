import { isJsonObject } from '#model/json.ts';
import type { Applied } from '#model/plan.ts';
import type { Command } from '../command.ts';
import { exitCodes, problemCode } from '../exit-codes.ts';
import { openHistory } from '../open-history.ts';
import { Usage } from '../usage.ts';
import { showPlan } from '../views/plan.ts';
import { showProblems } from '../views/problems.ts';

const searched = 1_000;

export const show: Command = {
  name: 'show',
  summary: 'one apply: its plan and what became of each change',
  arguments: [
    { name: 'ENV', description: 'the environment' },
    { name: 'REVISION', description: 'a commit, a run or a plan digest, or the beginning of one (the newest that fits)' },
  ],
  options: [],
  formats: ['json', 'markdown', 'name'],
  examples: [['show prod 3f2a', 'the apply of the commit, run or plan that begins so']],
  run: async (context, [environment = '', revision = '']) => {
    const opened = await openHistory(context, environment);
    if ('problems' in opened) {
      context.print(showProblems(context, opened.problems, ''));
      return problemCode(opened.problems);
    }
    const runs = await opened.store.runs({ environment, landscape: opened.landscape, limit: searched });
    const found = runs.find(
      run =>
        revision !== '' &&
        [run.revision, run.id, run.planDigest, run.planDigest.replace('sha256:', '')].some(name => name.startsWith(revision)),
    );
    if (found === undefined || !isJsonObject(found.plan))
      throw new Usage(
        `Nothing applied to ${environment} is called \`${revision}\`. \`kaas history ${environment}\` lists what was.`,
      );
    if (context.format === 'text')
      context.print(
        `${context.paint.faint(`${found.startedAt} to ${found.finishedAt ?? 'not finished'}, by ${found.actor}, run ${found.id}`)}\n`,
      );
    context.print(showPlan(context, found.plan as unknown as Applied));
    return exitCodes.done;
  },
};
