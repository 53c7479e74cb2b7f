import type { Change, FieldValue, Outcome } from '#model/change.ts';
import type { Applied, Plan } from '#model/plan.ts';
import { sizeText } from '#model/quantity.ts';

/** One sign per action, as a diff has them. */
export const signs: Readonly<Record<Change['action'], string>> = {
  create: '+',
  update: '~',
  delete: '-',
  adopt: '=',
  forget: '.',
  move: '>',
  none: ' ',
};

export const stateWords: Readonly<Record<Change['state'], string>> = {
  ready: '',
  blocked: 'blocked',
  impossible: 'cannot be done',
  inProgress: 'in progress',
};

/** On one line: a value of several must not read like lines of the plan. */
export const valueText = (value: FieldValue): string => (value === null ? '(not set)' : String(value).replaceAll('\n', '\\n'));

const itemText = (item: unknown): string => (typeof item === 'object' ? JSON.stringify(item) : String(item));

/** Figures in words: `bytes 41.0 GiB, consumers payments.billing`. Empty where there are none. */
export const evidenceText = (evidence: Readonly<Record<string, unknown>>): string =>
  Object.entries(evidence)
    .filter(([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => {
      if (/bytes$/i.test(name) && typeof value === 'number') return `${name} ${sizeText(value)}`;
      if (Array.isArray(value))
        return `${name} ${value.slice(0, 5).map(itemText).join(', ')}${value.length > 5 ? ` and ${value.length - 5} more` : ''}`;
      return `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
    })
    .join('; ');

/** `fraud (group fraud-team): Access/fraud-reads-orders reads`, by tenant; five documents of each at most. Empty where nobody is affected. */
export const affectedText = ({ affected = [] }: Pick<Change, 'affected'>): string =>
  [...Map.groupBy(affected, each => each.tenant)]
    .map(([tenant, own]) => {
      const owners = own[0]?.owners ?? [];
      const documents = own.slice(0, 5).map(({ document, as }) => `${document.split('/').slice(-2).join('/')} ${as}`);
      const more = own.length > 5 ? ` and ${own.length - 5} more` : '';
      return `${tenant ?? 'platform'}${owners.length === 0 ? '' : ` (${owners.join(', ')})`}: ${documents.join(', ')}${more}`;
    })
    .join('; ');

/** `2 to create, 1 to update, 1 blocked; 812 unchanged.` */
export function summaryText({ summary }: Pick<Plan, 'summary'>): string {
  const words: readonly [keyof Plan['summary'], string][] = [
    ['create', 'to create'],
    ['update', 'to update'],
    ['delete', 'to delete'],
    ['adopt', 'to adopt'],
    ['forget', 'to forget'],
    ['move', 'to move'],
    ['blocked', 'blocked'],
    ['impossible', 'impossible'],
    ['inProgress', 'in progress'],
  ];
  const parts = words.filter(([key]) => summary[key] > 0).map(([key, text]) => `${summary[key]} ${text}`);
  return `${parts.length === 0 ? 'Nothing to do' : parts.join(', ')}; ${summary.unchanged} unchanged.`;
}

/** `3 applied, 1 failed.` */
export function outcomesText(applied: Applied): string {
  const counts = new Map<Outcome['state'], number>();
  for (const { outcome } of applied.changes) counts.set(outcome.state, (counts.get(outcome.state) ?? 0) + 1);
  if (counts.size === 0) return 'Nothing to do.';
  const order: Outcome['state'][] = ['applied', 'started', 'failed', 'refused', 'unknown', 'skipped'];
  return `${order.flatMap(state => (counts.has(state) ? [`${counts.get(state)} ${state}`] : [])).join(', ')}.`;
}
