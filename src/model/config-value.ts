import { parseDuration, parseSize } from './quantity.ts';

/** A value of broker or group configuration in the broker's own spelling: `45s` under a key in ms is `45000`. Undefined when it is no such quantity. */
export function configValue(key: string, value: string | number | boolean): string | undefined {
  const text =
    typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : plainBoolean(String(value).trim());
  if (/^-?\d+(\.\d+)?$/.test(text)) return text;
  if (/[._]ms$/.test(key)) return parseDuration(text)?.toString();
  if (/[._]bytes$/.test(key)) return parseSize(text)?.toString();
  return text;
}

const listItems = (text: string): string =>
  text
    .split(',')
    .map(item => item.trim())
    .join(',');

/** Brokers take a boolean in any case and show it in small letters. */
export const plainBoolean = (text: string): string => (/^(true|false)$/i.test(text) ? text.toLowerCase() : text);

const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Do two texts say the same number? Whole numbers are compared exactly: Kafka's reach to 2^63. */
export const sameNumber = (a: string, b: string): boolean =>
  integer.test(a) && integer.test(b)
    ? BigInt(a.replace(/^\+/, '')) === BigInt(b.replace(/^\+/, ''))
    : decimal.test(a) && decimal.test(b) && Number(a) === Number(b);

/** Equal to the broker: numbers by value, booleans in any case, lists without their white space. */
export function sameConfigValue(desired: unknown, live: unknown): boolean {
  if (desired === live) return true;
  if (typeof desired !== 'string' || typeof live !== 'string') return false;
  return sameNumber(desired, live) || listItems(plainBoolean(desired)) === listItems(plainBoolean(live));
}
