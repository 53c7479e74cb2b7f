import { maxReasons } from './limits.ts';
import type { Compatibility, Reason } from './schema.ts';

/** Who reads what in one comparison: with BACKWARD the new schema reads old records, with FORWARD the other way round. */
export interface Sides {
  readonly reader: 'new' | 'old';
  readonly writer: 'new' | 'old';
}

/** Something found while one schema was laid over another. `path` is relative to where the comparison started. */
export interface Finding {
  readonly code: string;
  readonly path: string;
  /** The message for the place's name (`field `amount`` or `the schema`). */
  readonly say: (place: string) => string;
  /** False: it may be harmless, or we cannot judge it. */
  readonly certain: boolean;
}

/** What befalls people: the end of most messages. */
export const consequence = (sides: Sides): string =>
  `readers with the ${sides.reader} schema cannot read ${sides.writer} records`;

/** `customer` and `address.street` → `customer.address.street`; `lines` and `[].amount` → `lines[].amount`. */
export const joined = (path: string, rest: string): string =>
  path === '' ? rest : rest === '' || rest.startsWith('[') ? `${path}${rest}` : `${path}.${rest}`;

export const below = (path: string, findings: readonly Finding[]): readonly Finding[] =>
  path === '' ? findings : findings.map(each => ({ ...each, path: joined(path, each.path) }));

export const hasCertain = (findings: readonly Finding[]): boolean => findings.some(each => each.certain);

/** Where some are certain, only they are told. */
export function verdictOf(findings: readonly Finding[]): Compatibility {
  const certain = findings.filter(each => each.certain);
  if (certain.length > 0) return { verdict: 'incompatible', reasons: certain.slice(0, maxReasons).map(reasonOf) };
  return { verdict: findings.length === 0 ? 'compatible' : 'uncertain', reasons: findings.slice(0, maxReasons).map(reasonOf) };
}

const reasonOf = ({ code, path, say }: Finding): Reason => ({
  code,
  path,
  message: say(path === '' ? 'the schema' : `field \`${path}\``),
});
