import type { Position } from '#model/position.ts';
import { isError, type Problem } from '#model/problem.ts';
import { type Paint, plain } from './paint.ts';

/** `file:line:column`, as editors and terminals make links of it. */
export const place = (at: Position | undefined): string => (at === undefined ? '' : `${at.file}:${at.line}:${at.column}`);

/** One problem: severity, place and code; title and message; what it overrides; the remedy. */
export function problemText(problem: Problem, paint: Paint): string {
  const severity = isError(problem) ? paint.bad('error') : paint.care('warning');
  const head = [severity, paint.strong(place(problem.at)), paint.faint(problem.code)].filter(part => part !== '').join('  ');
  return [
    head,
    `  ${problem.title}: ${plain(problem.message)}`,
    ...problem.related.map(at => paint.faint(`  see also ${place(at)}`)),
    ...(problem.hint === undefined ? [] : [`  ${paint.good('hint')}: ${plain(problem.hint)}`]),
  ].join('\n');
}

/** All problems, errors first, then a line that counts them; empty when there are none. */
export function problemsText(problems: readonly Problem[], paint: Paint): string {
  if (problems.length === 0) return '';
  const errors = problems.filter(isError);
  const warnings = problems.filter(problem => !isError(problem));
  const count = (number: number, word: string) => (number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`]);
  const total = [...count(errors.length, 'error'), ...count(warnings.length, 'warning')].join(', ');
  return [...[...errors, ...warnings].map(problem => problemText(problem, paint)), paint.strong(total)].join('\n\n');
}
