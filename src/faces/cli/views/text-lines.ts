import type { FieldValue } from '#model/change.ts';

/** What one line of a text becomes; a gap stands for lines that stay and are not shown. */
export interface Line {
  readonly sign: '-' | '+' | ' ' | '…';
  readonly text: string;
}

/** Lines that stay, shown before and after those that change. */
const around = 2;
/** Beyond so many pairs of lines the change is shown as all old lines and all new ones. */
const mostPairs = 4_000_000;
const longLine = 100;

/** Is it a text of several lines, or an object or list of JSON that is too long for one? */
export const isText = (value: FieldValue): value is string =>
  typeof value === 'string' && (value.includes('\n') || (value.length > longLine && jsonIn(value) !== undefined));

/** A text as lines, JSON that stands on one line laid out. */
export function linesOf(text: string): string[] {
  const json = text.trim().includes('\n') ? undefined : jsonIn(text);
  return (json === undefined ? text : JSON.stringify(json, null, 2)).trimEnd().split(/\r?\n/);
}

/** The lines that change with what stands around them. Two texts of JSON are laid out alike before: a registry keeps them in a form of its own. */
export function changedLines(from: string, to: string): Line[] {
  const [before, after] = [jsonIn(from), jsonIn(to)];
  const both =
    before === undefined || after === undefined
      ? []
      : [ordered(before, after), after].map(each => JSON.stringify(each, null, 2).split('\n'));
  const [one = linesOf(from), other = linesOf(to)] = both;
  return withGaps(compared(one, other));
}

function jsonIn(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** The same value with its members in the order in which `like` has them. */
function ordered(value: unknown, like: unknown): unknown {
  if (typeof value !== 'object' || value === null || typeof like !== 'object' || like === null) return value;
  if (Array.isArray(value)) return value.map((each, index) => ordered(each, Array.isArray(like) ? like[index] : undefined));
  const [own, theirs] = [value as Record<string, unknown>, like as Record<string, unknown>];
  const keys = [...Object.keys(theirs).filter(key => Object.hasOwn(own, key)), ...Object.keys(own)];
  return Object.fromEntries([...new Set(keys)].map(key => [key, ordered(own[key], theirs[key])]));
}

function compared(one: readonly string[], other: readonly string[]): Line[] {
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one[head] === other[head]) head++;
  let tail = 0;
  while (tail < shorter - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++;
  const staying = (lines: readonly string[]) => lines.map<Line>(text => ({ sign: ' ', text }));
  const middle = between(one.slice(head, one.length - tail), other.slice(head, other.length - tail));
  return [...staying(one.slice(0, head)), ...middle, ...staying(one.slice(one.length - tail))];
}

/** By the longest common subsequence of lines. */
function between(one: readonly string[], other: readonly string[]): Line[] {
  const width = other.length + 1;
  const bounded = one.length * width <= mostPairs;
  const common = new Uint32Array(bounded ? (one.length + 1) * width : 0);
  const at = (left: number, right: number): number => common[left * width + right] ?? 0;
  if (bounded)
    for (let left = one.length - 1; left >= 0; left--)
      for (let right = other.length - 1; right >= 0; right--)
        common[left * width + right] =
          one[left] === other[right] ? at(left + 1, right + 1) + 1 : Math.max(at(left + 1, right), at(left, right + 1));
  const lines: Line[] = [];
  for (let left = 0, right = 0; left < one.length || right < other.length; ) {
    const [gone, come] = [one[left], other[right]];
    if (bounded && gone !== undefined && gone === come) {
      lines.push({ sign: ' ', text: gone });
      left++;
      right++;
    } else if (gone !== undefined && (come === undefined || at(left + 1, right) >= at(left, right + 1))) {
      lines.push({ sign: '-', text: gone });
      left++;
    } else {
      lines.push({ sign: '+', text: come ?? '' });
      right++;
    }
  }
  return lines;
}

function withGaps(lines: readonly Line[]): Line[] {
  const near = new Set(
    lines.flatMap(({ sign }, index) =>
      sign === ' ' ? [] : Array.from({ length: 2 * around + 1 }, (_, offset) => index - around + offset),
    ),
  );
  return lines.flatMap<Line>((line, index) => {
    if (near.has(index)) return [line];
    return index > 0 && near.has(index - 1) ? [{ sign: '…', text: '' }] : [];
  });
}
