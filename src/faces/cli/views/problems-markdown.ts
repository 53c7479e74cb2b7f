import { isError, type Problem } from '#model/problem.ts';
import { place } from './problems-text.ts';

/** Text that Markdown shall not read as markup, nor a table cell as its end. */
export const literal = (text: string): string => text.replace(/[\\`*_{}[\]<>|]/g, '\\$&').replace(/\s*\n\s*/g, ' ');

/** The problems as a list for a change request's comment. */
export const problemsMarkdown = (problems: readonly Problem[]): string =>
  problems.length === 0
    ? 'No problems.\n'
    : `${problems
        .map(problem => {
          const mark = isError(problem) ? '❌' : '⚠️';
          const where = problem.at === undefined ? '' : ` \`${place(problem.at)}\``;
          const hint = problem.hint === undefined ? '' : ` *${literal(problem.hint)}*`;
          return `- ${mark} **${literal(problem.title)}** (\`${problem.code}\`)${where}: ${literal(problem.message)}${hint}`;
        })
        .join('\n')}\n`;
