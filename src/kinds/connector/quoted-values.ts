import { hiddenValue } from './fields.ts';

type Config = Readonly<Record<string, string>>;

/** Kafka's words for a value that a field does not take. */
const refusedValue = /Invalid value ([\s\S]*?) for configuration ([^\s:,]+)/g;

/** A reference to a provider of the workers' own (KIP-297): `${PROVIDER:…}`. */
const isReadByWorkers = (text: string | undefined): boolean => text !== undefined && /\$\{[^}:]+:[^}]*\}/.test(text);

/** A client's own setting (`max.poll.records`) may stand in the configuration behind a prefix (`consumer.override.`). */
const readsField = (config: Config, field: string): boolean =>
  Object.entries(config).some(([key, text]) => (key === field || key.endsWith(`.${field}`)) && isReadByWorkers(text));

/**
 * A text of the workers' without what they quote of values that they alone read: nobody here knows these, so they cannot be looked for.
 * Our references, which stand where a value was that we know, stay.
 */
export const withoutQuoted = (text: string, config: Config): string =>
  text.replace(refusedValue, (whole, value: string, field: string) =>
    readsField(config, field) && !/^\$\{secret\.[^}]+\}$/.test(value)
      ? `Invalid value ${hiddenValue} for configuration ${field}`
      : whole,
  );

/** What the workers say of one field. Plug-ins with words of their own may quote the value anywhere in them. */
export function fieldWords(error: string, field: string, config: Config): string {
  const words = withoutQuoted(error, config);
  const known = words.includes(hiddenValue) || words.includes('${secret.');
  return known || !isReadByWorkers(config[field]) ? words : 'The workers refuse what they read there; their words may quote it.';
}
