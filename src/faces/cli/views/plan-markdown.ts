import type { Applied, Plan } from '#model/plan.ts';
import { literal, problemsMarkdown } from './problems-markdown.ts';
import { affectedText, evidenceText, outcomesText, signs, stateWords, summaryText, valueText } from './wording.ts';

/** The plan for a change request's comment: a table of changes, what they cost, the problems. */
export function planMarkdown(plan: Plan | Applied): string {
  const applied = 'runId' in plan ? plan : undefined;
  const outcome = (index: number) => (applied === undefined ? [] : [applied.changes[index]?.outcome.state ?? '']);
  const rows = plan.changes.map((change, index) => {
    const fields =
      change.action === 'delete'
        ? ''
        : change.fields.map(field => `${field.path}: ${valueText(field.from)} → ${valueText(field.to)}`).join('; ');
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
    `### Plan for \`${plan.environment}\` at \`${plan.revision}\``,
    '',
    applied === undefined ? summaryText(plan) : outcomesText(applied),
    '',
    ...tableLines,
    ...(plan.problems.length === 0 ? [] : [problemsMarkdown(plan.problems)]),
    `\`${plan.digest}\``,
    '',
  ].join('\n');
}
