import { selected } from '#flow/selection.ts';
import type { Command } from '../command.ts';
import { requireEnvironments } from '../environment.ts';
import { problemCode } from '../exit-codes.ts';
import { requireKnown } from '../narrowing.ts';
import { selectionOf, selectionOptions } from '../options.ts';
import { json } from '../views/problems-document.ts';
import { problemsText } from '../views/problems-text.ts';
import { provenanceText, renderDocument } from '../views/render.ts';

export const render: Command = {
  name: 'render',
  summary: 'the composed resources of an environment',
  arguments: [{ name: 'ENV', description: 'the environment' }],
  options: [
    { flags: '--provenance', description: 'add file, line and column of every value and of what it overrode' },
    { flags: '--expanded', description: 'what is compared with the clusters: access as the bindings that it stands for' },
    ...selectionOptions,
  ],
  formats: ['json', 'name'],
  examples: [
    ['render prod --tenant payments', 'what the documents come down to'],
    ['render prod --kind Topic --name payments.orders --provenance', 'where each value comes from, and what it overrode'],
    ['render prod --expanded --kind Acl', 'access as the bindings that it stands for'],
  ],
  run: async (context, [name = ''], options) => {
    const [{ check }, { formatDocuments }] = await Promise.all([import('#flow/flow.ts'), import('#edits/format-documents.ts')]);
    const outside = await context.open();
    const checked = await check(outside, [name]);
    requireEnvironments(checked, [name]);
    const selection = selectionOf(options);
    await requireKnown(outside, checked, selection, checked.problems);
    const composed = checked.environments[0];
    const all = composed === undefined ? [] : options.expanded === true ? composed.resources : composed.declared;
    const chosen = all.filter(each => selected(selection, each));
    const document = renderDocument(name, checked.loaded.revision, chosen, options.provenance === true);
    if (context.format === 'json') context.print(json(document));
    else if (context.format === 'name') context.print(chosen.map(each => each.declaredBy.join(',')).join('\n'));
    else if (options.provenance === true) context.print(provenanceText(document, context.paint));
    else context.print(formatDocuments(document.resources));
    const problems = checked.problems;
    if (problems.length > 0) context.log(problemsText(problems, context.logPaint));
    return problemCode(problems);
  },
};
