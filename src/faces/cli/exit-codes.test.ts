import { describe, expect, test } from 'vitest';
import type { Change, Outcome } from '#model/change.ts';
import type { Applied, Plan } from '#model/plan.ts';
import { applyCode, exitCodes, planCode, strongest } from './exit-codes.ts';
import { sampleChange, samplePlan, sampleProblem } from './samples.ts';

const plan = (...changes: Partial<Change>[]): Plan => ({ ...samplePlan, problems: [], changes: changes.map(sampleChange) });
const applied = (...changes: (Partial<Change> & { outcome: Outcome })[]): Applied => ({
  ...plan(),
  runId: 'run',
  changes: changes.map(({ outcome, ...change }) => ({ ...sampleChange(change), outcome })),
});
const blocked = (code: string): Partial<Change> => ({ state: 'blocked', blockedBy: [{ code, message: '', who: 'platform' }] });

describe('exit codes', () => {
  test('when several hold, the contract says which one', () => {
    expect(strongest([2, 3, 1, 5])).toBe(5);
    expect(strongest([5, 64, 130])).toBe(130);
    expect(strongest([70, 130])).toBe(70);
    expect(strongest([4, 3])).toBe(3);
    expect(strongest([])).toBe(0);
  });

  test('a plan with changes is 0, and 2 when asked', () => {
    expect(planCode(plan({}))).toBe(exitCodes.done);
    expect(planCode(plan({}), { changes: true })).toBe(exitCodes.changes);
  });

  test('a plan that only adopts is nothing to do', () => {
    expect(planCode(plan({ action: 'adopt' }), { changes: true })).toBe(exitCodes.done);
  });

  test('an impossible change and an error are 1, whatever else is ready', () => {
    expect(planCode(plan({}, { state: 'impossible' }), { changes: true })).toBe(exitCodes.problem);
    expect(planCode({ ...plan({}), problems: [sampleProblem] }, { changes: true })).toBe(exitCodes.problem);
  });

  test('a warning is no failure', () => {
    expect(planCode({ ...plan(), problems: [{ ...sampleProblem, severity: 'warning' }] })).toBe(exitCodes.done);
  });

  test('policy holds with 3; consent, prune and confirmation do not', () => {
    expect(planCode(plan(blocked('policy/deny')))).toBe(exitCodes.held);
    expect(planCode(plan(blocked('plan/prune-off'), blocked('access/waits-for-consent')))).toBe(exitCodes.done);
  });

  test('drift is 4 when asked', () => {
    expect(planCode(plan({}), { drift: true })).toBe(exitCodes.drift);
    expect(planCode(plan(), { drift: true })).toBe(exitCodes.done);
  });

  test('apply is 5 when something was done and something failed, 1 when nothing was done', () => {
    expect(applyCode(applied({ outcome: { state: 'applied' } }, { outcome: { state: 'failed' } }))).toBe(exitCodes.partly);
    expect(applyCode(applied({ outcome: { state: 'failed' } }))).toBe(exitCodes.problem);
    expect(applyCode(applied({ outcome: { state: 'applied' } }, { outcome: { state: 'refused' } }))).toBe(exitCodes.partly);
    expect(applyCode(applied({ outcome: { state: 'started' } }))).toBe(exitCodes.done);
  });

  test('what waits for consent does not make an apply partial', () => {
    const waiting = { ...blocked('access/waits-for-consent'), outcome: { state: 'skipped' } as Outcome };
    expect(applyCode(applied({ outcome: { state: 'applied' } }, waiting))).toBe(exitCodes.done);
  });
});
