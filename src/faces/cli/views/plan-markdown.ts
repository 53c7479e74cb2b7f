import type { Change } from '#model/change.ts';
import type { Applied, Plan } from '#model/plan.ts';
import { literal, problemsMarkdown } from './problems-markdown.ts';
import { changedLines, isText, linesOf } from './text-lines.ts';
import { affectedText, evidenceText, outcomesText, signs, stateWords, summaryText, valueText } from './wording.ts';

const linesAtMost = 10;

/** A value of several lines would fill the table: of a text that changes its lines are told, of a new one how many it has. */
function fieldText({ path, from, to }: Change['fields'][number]): string {
  if (!isText(from) && !isText(to)) return `${path}: ${valueText(from)} → ${valueText(to)}`;
  if (typeof from !== 'string' || typeof to !== 'string') {
    const count = linesOf(String(to ?? from)).length;
    return `${path}: ${count} lines ${to === null ? 'go' : 'are new'}`;
  }
  const lines = changedLines(from, to).filter(each => each.sign === '-' || each.sign === '+');
  const more = lines.length > linesAtMost ? ` and ${lines.length - linesAtMost} more lines` : '';
  return `${path}: ${lines
    .slice(0, linesAtMost)
    .map(each => `${each.sign} ${each.text.trim()}`)
    .join(' ')}${more}`;
}

/** The plan for a change request's comment: a table of changes, what they cost, the problems. */
export function planMarkdown(plan: Plan | Applied, what: 'plan' | 'drift' = 'plan'): string {
  const applied = 'runId' in plan ? plan : undefined;
  const outcome = (index: number) => (applied === undefined ? [] : [applied.changes[index]?.outcome.state ?? '']);
  const rows = plan.changes.map((change, index) => {
    const fields = change.action === 'delete' ? '' : change.fields.map(fieldText).join('; ');
    const notes = [
      stateWords[change.state],
      ...change.reasons.map(reason => reason.message),
      evidenceText(change.evidence),
      affectedText(change) === '' ? '' : `Affects ${affectedText(change)}`,
      ...change.blockedBy.map(blocker => `waits for ${blocker.who}: ${blocker.message}`),
    ].filter(note => note !== '');
    const cells = [
      `${signs[change.action]} ${change.action}`,
      `${change.cluster ?? ''}`,
      change.tenant ?? 'platform',
      `${change.kind} ${change.name}`,
      fields,
      change.risk,
      notes.join('. '),
      ...outcome(index),
    ];
    return `| ${cells.map(literal).join(' | ')} |`;
  });
  const head = [
    'Action',
    'Cluster',
    'Tenant',
    'Resource',
    'Fields',
    'Risk',
    'Notes',
    ...(applied === undefined ? [] : ['Outcome']),
  ];
  const tableLines = rows.length === 0 ? [] : [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows, ''];
  return [
    `### ${what === 'plan' ? 'Plan' : 'Drift'} for \`${plan.environment}\` at \`${plan.revision}\``,
    '',
    applied === undefined ? summaryText(plan) : outcomesText(applied),
    '',
    ...tableLines,
    ...(plan.problems.length === 0 ? [] : [problemsMarkdown(plan.problems)]),
    `\`${plan.digest}\``,
    '',
  ].join('\n');
}
