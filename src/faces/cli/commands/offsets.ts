import type { Proposed } from '#flow/operate.ts';
import type { Change } from '#model/change.ts';
import type { ConnectorOffset } from '#ports/connect.ts';
import type { Command, Context } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { connectorArguments, onCluster, proposeFor, runProposed } from '../operation.ts';
import { textOf } from '../options.ts';
import { Usage } from '../usage.ts';
import { showPlan } from '../views/plan.ts';
import { json } from '../views/problems-document.ts';

export const offsets: Command = {
  name: 'offsets',
  summary: 'how far a connector has come; with --reset it starts over',
  arguments: connectorArguments,
  options: [
    { flags: '--reset', description: 'forget how far it has come; only while it is stopped' },
    { flags: '--confirm <name>', description: "the connector's name again, where nobody can be asked" },
    onCluster,
  ],
  formats: ['json', 'markdown', 'name'],
  examples: [
    ['offsets prod payments.archive', 'where each of its partitions is'],
    ['offsets dev shop.reader --reset --confirm shop.reader', 'for a script: read everything again'],
  ],
  details:
    'A reset is an operation: planned, journalled and audited like an apply, and without a commit. Apply `state: stopped` before it and `state: running` after it.',
  run: async (context, [environment = '', name = ''], options) => {
    if (options.reset !== true && options.confirm !== undefined) throw new Usage('--confirm is for --reset.');
    const confirmed = textOf(options, 'confirm');
    if (options.reset === true && confirmed === undefined && !context.host.terminal.stdin)
      throw new Usage(`Nobody can be asked here: standard input is no terminal. Pass --confirm ${name}.`);
    if (confirmed !== undefined && confirmed !== name) throw new Usage(`--confirm names \`${confirmed}\`, not \`${name}\`.`);
    const proposed = await proposeFor(context, { environment, name, operation: 'reset-offsets', options });
    if (typeof proposed === 'number') return proposed;
    if (options.reset !== true) {
      context.print(shown(context, environment, proposed));
      return exitCodes.done;
    }
    if (confirmed === undefined && proposed.plan.changes[0]?.state === 'ready') {
      context.log(showPlan({ ...context, format: 'text' }, proposed.plan));
      const answer = await context.host.ask(`Type ${name} to forget how far it has come: `);
      if (answer.trim() !== name) {
        context.log('Nothing was reset.');
        return exitCodes.done;
      }
    }
    return runProposed(context, proposed);
  },
};

function shown(context: Context, environment: string, { plan }: Proposed): string {
  const { cluster, tenant, name, remoteName, evidence } = plan.changes[0] as Change;
  const { type, state, offsets: found } = evidence as { type: string; state: string; offsets: readonly ConnectorOffset[] };
  if (context.format === 'json')
    return json({ schemaVersion: 1, environment, cluster, tenant, name, remoteName, type, state, offsets: found });
  const lines = found.map(({ partition, offset }) => `${JSON.stringify(partition)}  ${JSON.stringify(offset)}`);
  if (context.format === 'name') return lines.join('\n');
  if (context.format === 'markdown')
    return [
      '| Partition | Offset |',
      '|---|---|',
      ...found.map(each => `| \`${JSON.stringify(each.partition)}\` | \`${JSON.stringify(each.offset)}\` |`),
    ].join('\n');
  const head = `${remoteName}  ${context.paint.faint(`${type}, ${state.toLowerCase()}`)}`;
  return [head, ...(lines.length === 0 ? ['It has not said yet how far it has come.'] : lines)].join('\n');
}
