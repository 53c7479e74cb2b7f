import type { Problem } from '#model/problem.ts';
import { declarationName, declaredAt } from '#model/resource.ts';
import type { Draft, Judgement } from './difference.ts';
import { planning } from './problems.ts';

const shownAtMost = 3;

/** Blocks what our own principal may not do, and says each missing right once, with the changes that wait for it. What nothing else holds back counts. */
export function holdWithoutRights(drafts: readonly Draft[], judgements: readonly Judgement[]): Problem[] {
  const waiting = new Map<string, Draft[]>();
  drafts.forEach((draft, index) => {
    const { lacks, blockedBy, impossible } = judgements[index] as Judgement;
    if (lacks.length === 0 || blockedBy.length > 0 || impossible.length > 0) return;
    for (const { message } of lacks) waiting.set(message, [...(waiting.get(message) ?? []), draft]);
    blockedBy.push(...lacks.map(({ message }) => ({ code: 'plan/missing-right', message, who: 'platform' })));
  });
  return [...waiting].map(([message, held]) => {
    const first = held[0] as Draft;
    const names = held.slice(0, shownAtMost).map(each => declarationName({ ...each, kind: each.kind.name }));
    const more = held.length > shownAtMost ? ` and ${held.length - shownAtMost} more` : '';
    const at = first.resource === undefined ? undefined : declaredAt(first.resource);
    return planning('missing-right', {
      message: `${message} Needed for ${names.join(', ')}${more}.`,
      ...(at === undefined ? {} : { at }),
      tenant: first.tenant,
      subject: { tenant: first.tenant, kind: first.kind.name, name: first.name },
    });
  });
}
