import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { connectorArguments, onCluster, proposeFor, runProposed } from '../operation.ts';
import { showPlan } from '../views/plan.ts';

export const restart: Command = {
  name: 'restart',
  summary: 'start the failed tasks of a connector again',
  arguments: connectorArguments,
  options: [{ flags: '--all', description: 'the connector and all of its tasks, not the failed ones alone' }, onCluster],
  formats: ['json', 'markdown', 'name'],
  examples: [
    ['restart prod payments.archive', 'its failed tasks; nothing where none has failed'],
    ['restart prod payments/payments.archive --all', 'all of it'],
  ],
  details:
    'An operation: planned, journalled and audited like an apply, and without a commit. It changes nothing that the landscape declares.',
  run: async (context, [environment = '', name = ''], options) => {
    const operation = options.all === true ? 'restart-all' : 'restart';
    const proposed = await proposeFor(context, { environment, name, operation, options });
    if (typeof proposed === 'number') return proposed;
    if (proposed.plan.changes.length === 0) {
      context.print(
        context.format === 'text' ? 'No task has failed: there is nothing to restart.' : showPlan(context, proposed.plan),
      );
      return exitCodes.done;
    }
    return runProposed(context, proposed);
  },
};
