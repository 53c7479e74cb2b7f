import type { Command } from '../command.ts';
import { exitCodes, problemCode } from '../exit-codes.ts';
import { openHistory } from '../open-history.ts';
import { textOf } from '../options.ts';
import { Usage } from '../usage.ts';
import { showProblems } from '../views/problems.ts';
import { json } from '../views/problems-document.ts';
import { table } from '../views/table.ts';

export const history: Command = {
  name: 'history',
  summary: 'what was applied when, by whom, with which outcome',
  arguments: [{ name: 'ENV', description: 'the environment' }],
  options: [{ flags: '--limit <count>', description: 'at most so many, newest first', default: '20' }],
  formats: ['json', 'name'],
  examples: [
    ['history prod --limit 5', 'the last five'],
    ['history prod -o name | head -1', 'the run of the last apply, for `kaas show`'],
  ],
  run: async (context, [environment = ''], options) => {
    const limit = Number(textOf(options, 'limit'));
    if (!Number.isSafeInteger(limit) || limit < 1) throw new Usage('--limit takes a whole number above 0.');
    const opened = await openHistory(context, environment);
    if ('problems' in opened) {
      context.print(showProblems(context, opened.problems, ''));
      return problemCode(opened.problems);
    }
    const mine = await opened.store.runs({ environment, landscape: opened.landscape, limit });
    if (context.format === 'json')
      context.print(json({ schemaVersion: 1, environment, runs: mine.map(({ plan: _plan, ...run }) => run) }));
    else if (context.format === 'name') context.print(mine.map(run => run.id).join('\n'));
    else if (mine.length === 0) context.print(`Nothing was applied to ${environment} yet.`);
    else
      context.print(
        table(
          ['STARTED', 'REVISION', 'BY', 'OUTCOME', 'RUN'],
          mine.map(run => [
            run.startedAt,
            run.revision.slice(0, 12),
            run.actor,
            run.finishedAt === null ? 'not finished' : countsText(run.summary),
            run.id,
          ]),
          context.paint,
        ),
      );
    return exitCodes.done;
  },
};

const countsText = (summary: Readonly<Record<string, number>>): string =>
  Object.entries(summary)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ') || 'nothing to do';
