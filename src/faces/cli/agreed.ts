import { Fault } from '#model/fault.ts';
import type { Context } from './command.ts';

/** Asks the person at the terminal; only `yes` is consent. */
export async function agreed(context: Context, question: string): Promise<boolean> {
  const answer = await context.host.ask(`${question} Type yes: `);
  if (context.signal.aborted) throw new Fault('cli/interrupted', 'Interrupted before anything was written.');
  return answer.trim().toLowerCase() === 'yes';
}
