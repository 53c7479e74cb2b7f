import type { Problem } from '#model/problem.ts';

/** A problem as the contract prints it: null where it names nothing. */
export const problemDocument = (problem: Problem) => ({
  code: problem.code,
  severity: problem.severity,
  scope: problem.scope,
  title: problem.title,
  message: problem.message,
  ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  ...(problem.at === undefined ? {} : { at: problem.at }),
  related: problem.related,
  ...(problem.subject === undefined ? {} : { subject: problem.subject }),
  ...(problem.environment === undefined ? {} : { environment: problem.environment }),
  ...(problem.tenant === undefined ? {} : { tenant: problem.tenant }),
});

/** What `validate -o json` prints. */
export const problemsDocument = (problems: readonly Problem[]) => ({
  schemaVersion: 1 as const,
  problems: problems.map(problemDocument),
});

/** JSON for people and diffs: two spaces, one line break at the end. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
