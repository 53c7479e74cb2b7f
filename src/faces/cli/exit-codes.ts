import type { Change } from '#model/change.ts';
import type { Applied, Plan } from '#model/plan.ts';
import { isError, type Problem } from '#model/problem.ts';

/** What the process ends with; scripts rely on the numbers. */
export const exitCodes = {
  done: 0,
  problem: 1,
  changes: 2,
  held: 3,
  drift: 4,
  partly: 5,
  usage: 64,
  bug: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const precedence: readonly ExitCode[] = [70, 130, 64, 5, 1, 3, 2, 4];

/** The one code to end with when several hold. */
export const strongest = (codes: Iterable<ExitCode>): ExitCode => {
  const held = new Set(codes);
  return precedence.find(code => held.has(code)) ?? exitCodes.done;
};

/** Problems alone: 1 when one of them is an error. */
export const problemCode = (problems: readonly Problem[]): ExitCode =>
  problems.some(isError) ? exitCodes.problem : exitCodes.done;

const heldByPolicy = (change: Change): boolean => change.blockedBy.some(({ code }) => /^(policy|approval)\//.test(code));

const writes = (change: Change): boolean =>
  change.state === 'ready' && (change.action === 'create' || change.action === 'update' || change.action === 'delete');

/** A plan's code. Waiting for consent, a window or a confirmation, and a removal held because prune is off, are no failure. */
export function planCode(plan: Plan, asked: { readonly changes?: boolean; readonly drift?: boolean } = {}): ExitCode {
  const codes: ExitCode[] = [problemCode(plan.problems)];
  if (plan.changes.some(change => change.state === 'impossible')) codes.push(exitCodes.problem);
  if (plan.changes.some(heldByPolicy)) codes.push(exitCodes.held);
  if (asked.changes && plan.changes.some(writes)) codes.push(exitCodes.changes);
  if (asked.drift && plan.changes.length > 0) codes.push(exitCodes.drift);
  return strongest(codes);
}

/** An apply's code: 5 when something was done and something else was not, 1 when nothing was done and something failed. */
export function applyCode(applied: Applied): ExitCode {
  const done = applied.changes.some(({ outcome }) => outcome.state === 'applied' || outcome.state === 'started');
  const undone = applied.changes.some(change => {
    const { state } = change.outcome;
    if (state === 'failed' || state === 'refused' || state === 'unknown') return true;
    return state === 'skipped' && !waits(change);
  });
  const codes: ExitCode[] = [problemCode(applied.problems)];
  if (undone) codes.push(done ? exitCodes.partly : exitCodes.problem);
  if (applied.changes.some(heldByPolicy)) codes.push(exitCodes.held);
  return strongest(codes);
}

/** Held back by nothing that went wrong: consent, a window, a confirmation, prune. */
const waits = (change: Change): boolean =>
  change.state === 'inProgress' || (change.state === 'blocked' && change.blockedBy.every(({ code }) => !wentWrong.has(code)));
const wentWrong = new Set(['plan/problem', 'plan/missing-right']);
