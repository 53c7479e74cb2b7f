import type { FieldValue } from '#model/change.ts';
import { plainBoolean, sameNumber } from '#model/config-value.ts';
import { parseDuration, parseSize } from '#model/quantity.ts';

const isDuration = (key: string) => key.endsWith('.ms');
const isSize = (key: string) => key.endsWith('.bytes') || key === 'segment.bytes';
const isList = (key: string) => key === 'cleanup.policy' || key.endsWith('.replicas.list') || key.endsWith('throttled.replicas');

/** A config value in the broker's own spelling: `7d` is `604800000`. Undefined when it is no such quantity. */
export function brokerSpelling(key: string, value: string | number | boolean): string | undefined {
  if (typeof value === 'boolean') return String(value);
  const text = typeof value === 'number' ? plainNumber(value) : value.trim();
  if (/^-?\d+$/.test(text)) return text;
  if (isDuration(key)) return parseDuration(text)?.toString();
  if (isSize(key)) return parseSize(text)?.toString();
  return isList(key) ? listItems(text).join(',') : plainBoolean(text);
}

const plainNumber = (value: number): string => (Number.isInteger(value) ? BigInt(value).toString() : String(value));

const listItems = (text: string): string[] =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');

/** Equal to the broker: numbers by value, booleans in any case, lists by members, everything else to the letter. */
export function sameConfig(key: string, desired: FieldValue, live: FieldValue): boolean {
  if (desired === live) return true;
  if (typeof desired !== 'string' || typeof live !== 'string') return false;
  if (isList(key)) return listItems(desired).toSorted().join(',') === listItems(live).toSorted().join(',');
  return sameNumber(desired, live) || plainBoolean(desired) === plainBoolean(live);
}

/** What one partition keeps at most by `retention.bytes`, which Kafka obeys only where `cleanup.policy` deletes; undefined where nothing bounds it. */
export function keptBytes(config: Readonly<Record<string, string | number | boolean>>): number | undefined {
  const deletes = listItems(String(config['cleanup.policy'] ?? 'delete')).includes('delete');
  const bytes = Number(brokerSpelling('retention.bytes', config['retention.bytes'] ?? -1));
  return deletes && bytes >= 0 ? bytes : undefined;
}
