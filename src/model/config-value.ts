import { parseDuration, parseSize } from './quantity.ts';

/** A value of broker or group configuration in the broker's own spelling: `45s` under a key in ms is `45000`. Undefined when it is no such quantity. */
export function configValue(key: string, value: string | number | boolean): string | undefined {
  const text = typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : String(value).trim();
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

/** Equal to the broker: numbers by value, lists without their white space. */
export function sameConfigValue(desired: unknown, live: unknown): boolean {
  if (desired === live) return true;
  if (typeof desired !== 'string' || typeof live !== 'string') return false;
  const numeric = /^-?\d+(\.\d+)?$/;
  return numeric.test(desired) && numeric.test(live) ? Number(desired) === Number(live) : listItems(desired) === listItems(live);
}
