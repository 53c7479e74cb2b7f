import { Redacted } from '#model/redacted.ts';

const login = /^\s*[\w.$]+\s+(required|requisite|sufficient|optional)\s/i;

/** Does a secret that follows this beginning of a JAAS login stand within quotes, where signs of its own would end them? */
export function standsQuoted(text: string, before: string): boolean {
  if (!login.test(text)) return false;
  let open: string | undefined;
  for (let index = 0; index < before.length; index++) {
    const sign = before[index] as string;
    if (sign === '\\') index++;
    else if (open === undefined && /["']/.test(sign)) open = sign;
    else if (sign === open) open = undefined;
  }
  return open !== undefined;
}

/** A value as Kafka reads it back between quotes (`JaasConfig`, by Java's `StreamTokenizer`). */
export const inQuotes = (value: string): string =>
  value
    .replace(/["'\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');

export const needsQuoting = (value: Redacted | undefined): boolean => value !== undefined && /["'\\\n\r]/.test(value.reveal());

/** The name of the quoted value where workers read values from a place of ours; no store's name holds a colon. */
export const quotedName = (secret: string): string => `jaas:${secret}`;

export const quotedValue = (value: Redacted): Redacted => new Redacted(inQuotes(value.reveal()));
