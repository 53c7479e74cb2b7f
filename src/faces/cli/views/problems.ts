import type { Problem } from '#model/problem.ts';
import type { Context } from '../command.ts';
import { junit } from './junit.ts';
import { json, problemsDocument } from './problems-document.ts';
import { problemsMarkdown } from './problems-markdown.ts';
import { place, problemsText } from './problems-text.ts';
import { sarif } from './sarif.ts';

/** The problems in the format that was asked for; `fine` is the text where there are none. */
export function showProblems(context: Context, problems: readonly Problem[], fine: string): string {
  switch (context.format) {
    case 'json':
      return json(problemsDocument(problems));
    case 'markdown':
      return problemsMarkdown(problems);
    case 'sarif':
      return sarif(problems, context.host.version);
    case 'junit':
      return junit(problems, 'kaas');
    case 'name':
      return problems.map(problem => `${problem.code} ${place(problem.at)}`.trim()).join('\n');
    default:
      return [problemsText(problems, context.paint), problems.length === 0 ? fine : ''].filter(part => part !== '').join('\n\n');
  }
}
