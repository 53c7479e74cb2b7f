import type { Paint } from './paint.ts';

/** Columns padded to their widest cell, two spaces apart; the head is bold. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [paint.strong(line(head)), ...rows.map(line)].join('\n');
}
