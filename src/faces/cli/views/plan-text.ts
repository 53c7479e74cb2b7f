import type { Change, Outcome, Risk } from '#model/change.ts';
import type { Applied, Plan } from '#model/plan.ts';
import { type Paint, plain } from './paint.ts';
import { place, problemsText } from './problems-text.ts';
import { changedLines, isText, type Line, linesOf } from './text-lines.ts';
import { affectedText, evidenceText, outcomesText, signs, stateWords, summaryText, valueText } from './wording.ts';

type Shown = Change & { readonly outcome?: Outcome };

/** The plan for a person: per cluster and tenant, each change with what it costs and what holds it; then problems; then one line that counts. */
export function planText(plan: Plan | Applied, paint: Paint): string {
  const groups = Map.groupBy(plan.changes as readonly Shown[], change => groupTitle(change));
  const blocks = [...groups].map(([title, changes]) =>
    [paint.strong(title), ...changes.map(change => changeText(change, paint))].join('\n'),
  );
  const problems = problemsText(plan.problems, paint);
  const head = `${plan.environment} at ${plan.revision}`;
  const last = 'runId' in plan ? outcomesText(plan) : summaryText(plan);
  return [
    paint.faint(head),
    ...blocks,
    ...(problems === '' ? [] : [problems]),
    [paint.strong(last), ...('runId' in plan ? [] : [paint.faint(`plan ${plan.digest}`)])].join('\n'),
  ].join('\n\n');
}

/** What each change became, one line each; unchanged lines of the plan are not repeated. */
export const outcomeLines = (applied: Applied, paint: Paint): string =>
  [
    ...applied.changes.map(change => `${outcomeMark(change.outcome, paint)} ${title(change)}${outcomeReason(change.outcome)}`),
    paint.strong(outcomesText(applied)),
  ].join('\n');

const groupTitle = (change: Change): string =>
  `${change.cluster ?? 'no cluster'} · ${change.tenant === null ? 'platform' : `tenant ${change.tenant}`}`;

const title = (change: Change): string =>
  `${change.kind} ${plain(change.name)}${change.remoteName === change.name ? '' : ` (${plain(change.remoteName)})`}`;

function changeText(change: Shown, paint: Paint): string {
  const state = stateWords[change.state];
  const head = [
    `  ${colourOf(change, paint)(`${signs[change.action]} ${change.operation ?? change.action}`)} ${title(change)}`,
    state === '' ? '' : paint.care(state),
    change.risk === 'safe' ? '' : riskWord(change.risk, paint),
    paint.faint(place(change.at)),
  ];
  const evidence = evidenceText(change.evidence);
  const affected = affectedText(change);
  return [
    head.filter(part => part !== '').join('  '),
    ...(change.action === 'delete' || change.action === 'forget'
      ? []
      : change.fields.map(field => fieldText(change, field, paint))),
    ...(change.movedFrom === undefined
      ? []
      : [
          `      was ${change.movedFrom.tenant ?? 'platform'}/${change.movedFrom.kind}/${plain(change.movedFrom.name)} in ${change.movedFrom.environment}`,
        ]),
    ...change.reasons.map(
      reason => `      ${paint.care('!')} ${plain(reason.message).replaceAll('\n', '\n        ')} ${paint.faint(reason.code)}`,
    ),
    ...(evidence === '' ? [] : [paint.faint(`      ${plain(evidence)}`)]),
    ...(affected === '' ? [] : [`      affects ${plain(affected)}`]),
    ...change.blockedBy.map(blocker => `      waits for ${blocker.who}: ${plain(blocker.message)} ${paint.faint(blocker.code)}`),
    ...(change.outcome === undefined ? [] : [`      ${outcomeMark(change.outcome, paint)}${outcomeReason(change.outcome)}`]),
  ].join('\n');
}

function fieldText(change: Change, field: Change['fields'][number], paint: Paint): string {
  const risk = field.risk === 'safe' ? '' : `  ${riskWord(field.risk, paint)}`;
  const lines = linesShown(change, field);
  if (lines.length > 0) return [`      ${field.path}:${risk}`, ...lines.map(each => lineText(each, paint))].join('\n');
  const values =
    change.action === 'create' ? plain(valueText(field.to)) : `${plain(valueText(field.from))} → ${plain(valueText(field.to))}`;
  return `      ${field.path}: ${values}${risk}`;
}

const linesAtMost = 40;

/** A text that has more than one line stands below its path; of one that changes, the lines that do. */
function linesShown(change: Change, { from, to }: Change['fields'][number]): Line[] {
  if (!isText(from) && !isText(to)) return [];
  const lines: Line[] =
    change.action === 'create' || typeof from !== 'string' || typeof to !== 'string'
      ? linesOf(String(to ?? from)).map(text => ({ sign: to === null ? '-' : change.action === 'create' ? ' ' : '+', text }))
      : changedLines(from, to);
  const more = lines.length - linesAtMost;
  return more > 1 ? [...lines.slice(0, linesAtMost), { sign: '…', text: `and ${more} more lines` }] : lines;
}

function lineText({ sign, text }: Line, paint: Paint): string {
  const line = `        ${sign} ${plain(text)}`.trimEnd();
  return sign === '+' ? paint.good(line) : sign === '-' ? paint.bad(line) : paint.faint(line);
}

const riskWord = (risk: Risk, paint: Paint): string => (risk === 'disruptive' ? paint.care(risk) : paint.bad(risk));

const colourOf = (change: Change, paint: Paint) =>
  change.state === 'impossible' || change.action === 'delete' ? paint.bad : change.action === 'create' ? paint.good : paint.care;

const outcomeMark = (outcome: Outcome, paint: Paint): string => {
  if (outcome.state === 'applied' || outcome.state === 'started') return paint.good(outcome.state.padEnd(7));
  return outcome.state === 'skipped' ? paint.care(outcome.state) : paint.bad(outcome.state.padEnd(7));
};

const outcomeReason = (outcome: Outcome): string =>
  outcome.message === undefined ? '' : `: ${plain(outcome.message)}${outcome.code === undefined ? '' : ` (${outcome.code})`}`;
