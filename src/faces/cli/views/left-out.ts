import type { LeftOut, LeftOutGroup } from '#model/left-out.ts';
import { type Paint, plain } from './paint.ts';

/** What import left out and what it could not list, one line per reason; empty where there is neither. */
export function leftOutText(groups: readonly LeftOutGroup[], unlisted: readonly Omit<LeftOut, 'name'>[], paint: Paint): string {
  const lines = groups.map(({ kind, cluster, count, examples, message }) => {
    const shown = examples.slice(0, 3).join(', ');
    const names = count > 3 ? `${shown} and ${count - 3} more` : shown;
    return `  ${count} ${kind} on ${cluster}: ${plain(message)} ${paint.faint(plain(names))}`;
  });
  return [
    ...(lines.length === 0 ? [] : [paint.strong('Left out, or not whole:'), ...lines]),
    ...(unlisted.length === 0 ? [] : [paint.strong('Not listed:')]),
    ...unlisted.map(({ kind, cluster, message }) => `  ${kind} on ${cluster}: ${plain(message)}`),
  ].join('\n');
}
