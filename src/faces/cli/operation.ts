import type { Proposed } from '#flow/operate.ts';
import { Fault } from '#model/fault.ts';
import type { Argument, Context, Option, Options } from './command.ts';
import { requireEnvironments } from './environment.ts';
import { applyCode, type ExitCode, exitCodes, problemCode } from './exit-codes.ts';
import { textOf } from './options.ts';
import { Usage } from './usage.ts';
import { showPlan } from './views/plan.ts';
import { outcomeLines } from './views/plan-text.ts';
import { showProblems } from './views/problems.ts';

export const connectorArguments: readonly Argument[] = [
  { name: 'ENV', description: 'the environment' },
  { name: 'CONNECTOR', description: 'a Connector by metadata.name or TENANT/NAME' },
];
export const onCluster: Option = { flags: '--cluster <name>', description: 'the logical cluster, where the name is on several' };

/** Plans an operation on a connector; an exit code where the landscape or the workers cannot be read, said already. */
export async function proposeFor(
  context: Context,
  asked: { environment: string; name: string; operation: string; options: Options },
): Promise<Proposed | ExitCode> {
  const [{ check }, { propose }] = await Promise.all([import('#flow/flow.ts'), import('#flow/operate.ts')]);
  const outside = await context.open();
  const { environment, name, operation, options } = asked;
  requireEnvironments(await check(outside, []), [environment]);
  const cluster = textOf(options, 'cluster');
  const found = await propose(outside, environment, {
    kind: 'Connector',
    name,
    operation,
    ...(cluster === undefined ? {} : { cluster }),
  }).catch(namedWrongly);
  if (!('problems' in found)) return found;
  context.print(showProblems(context, found.problems, ''));
  return problemCode(found.problems);
}

/** A name that nobody declares, or that several have, is wrong usage as with every other command. */
function namedWrongly(error: unknown): never {
  if (error instanceof Fault && /^operation\/(unknown|ambiguous)$/.test(error.code))
    throw new Usage([error.message, error.remedy].filter(each => each !== undefined).join(' '));
  throw error;
}

/** Runs it and shows what became of it; what cannot be done is shown and not tried. */
export async function runProposed(context: Context, proposed: Proposed): Promise<ExitCode> {
  const text = context.format === 'text';
  const possible = proposed.plan.changes.every(change => change.state === 'ready');
  if (text || !possible) context.print(showPlan(context, proposed.plan));
  if (!possible) return exitCodes.problem;
  const { operate } = await import('#flow/operate.ts');
  const applied = await operate(await context.open(), proposed);
  context.print(text ? `\n${outcomeLines(applied, context.paint)}` : showPlan(context, applied));
  return applyCode(applied);
}
