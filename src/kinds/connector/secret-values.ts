import type { Fields } from '#model/change.ts';
import { Fault } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';
import { fillSecrets, secretsIn } from '#model/secret-looking.ts';
import type { SecretPlaces } from '#ports/connect.ts';
import { reading } from '#ports/refused-keys.ts';
import type { Secrets } from '#ports/secrets.ts';
import type { ClusterPorts } from '../kind.ts';
import { configIn } from './fields.ts';
import { inQuotes, needsQuoting, quotedName, quotedValue, standsQuoted } from './jaas.ts';

/** The secrets that some connectors name, read once; values leave it only in a configuration that goes to the workers. */
export interface SecretValues {
  /** `STORE.KEY` of those that no store has, or whose store cannot be read. */
  missing(text: string): string[];
  /** Why the store of `STORE.KEY` could not be read; undefined where it could. */
  unread(secret: string): Fault | undefined;
  /** The text with values; undefined where one is missing. */
  resolved(text: string): string | undefined;
  /** The text as the workers shall have it: references to their providers where they have one, else values. */
  sent(text: string): string | undefined;
  /** Do the places that the workers read hold what the stores hold? */
  placed(text: string): boolean;
  /** Of these texts, what the workers' places shall hold. */
  toPlace(texts: readonly string[]): Map<string, Redacted>;
  /** A text of the workers' (a trace, a refusal) without any of the values. */
  veiled(text: string): string;
}

/** `STORE.KEY` of all secrets in these fields. */
export const secretsOf = (fields: Fields): string[] =>
  Object.values(fields).flatMap(value => (typeof value === 'string' ? secretsIn(value) : []));

/** Reads these secrets (`STORE.KEY`), each store once; those that the workers read by themselves are not read. A store that cannot be read costs its own secrets only. */
export async function readSecrets(
  ports: ClusterPorts,
  wanted: readonly string[],
  places: SecretPlaces | undefined,
): Promise<SecretValues> {
  const own = [...new Set(wanted)].filter(secret => places?.reference(secret) === undefined || places.place !== undefined);
  const byStore = Map.groupBy(
    own.map(secret => ({ secret, ...storeOf(ports, secret) })),
    each => each.store,
  );
  const values = new Map<string, Redacted>();
  const unread = new Map<string, Fault>();
  await Promise.all(
    [...byStore].map(async ([store, asked]) => {
      if (store === undefined) return;
      const found = await reading(() => store.getAll(asked.map(each => each.key)));
      for (const { secret, key } of asked) {
        const [value, fault] = [found.values.get(key), found.faultAt(key)];
        if (fault !== undefined) unread.set(secret, fault);
        else if (value !== undefined) values.set(secret, value);
      }
    }),
  );
  const names = own.flatMap(secret => [secret, quotedName(secret)]);
  const placed = own.length === 0 ? new Map<string, Redacted>() : ((await places?.place?.getAll(names)) ?? new Map());
  return secretValues({ values, unread, placed, places });
}

/** Names of stores may hold dots: the longest that there is counts. */
function storeOf(ports: ClusterPorts, secret: string): { store: Secrets | undefined; key: string } {
  for (let dot = secret.lastIndexOf('.'); dot > 0; dot = secret.lastIndexOf('.', dot - 1))
    try {
      return { store: ports.secrets(secret.slice(0, dot)), key: secret.slice(dot + 1) };
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'secrets/no-store') throw error;
    }
  return { store: undefined, key: secret };
}

interface Known {
  readonly values: ReadonlyMap<string, Redacted>;
  readonly unread: ReadonlyMap<string, Fault>;
  readonly placed: ReadonlyMap<string, Redacted>;
  readonly places: SecretPlaces | undefined;
}

function secretValues({ values, unread, placed, places }: Known): SecretValues {
  const referenceOf = (secret: string) => places?.reference(secret);
  const outsideOurs = (secret: string) => referenceOf(secret) !== undefined && places?.place === undefined;
  const missing = (text: string) => secretsIn(text).filter(secret => !values.has(secret) && !outsideOurs(secret));
  const each = (text: string, value: (secret: string, quoted: boolean) => string) =>
    fillSecrets(text, (secret, before) => value(secret, needsQuoting(values.get(secret)) && standsQuoted(text, before)));
  const fill = (text: string, value: Parameters<typeof each>[1]) => (missing(text).length > 0 ? undefined : each(text, value));
  const valueOf = (secret: string, quoted: boolean) => {
    const value = values.get(secret)?.reveal();
    return value === undefined ? (referenceOf(secret) as string) : quoted ? inQuotes(value) : value;
  };
  /** What a text makes the workers read from our place. */
  const read = (text: string): Map<string, Redacted | undefined> => {
    const found = new Map<string, Redacted | undefined>();
    each(text, (secret, quoted) => {
      const value = values.get(secret);
      if (referenceOf(secret) !== undefined && !outsideOurs(secret))
        found.set(quoted ? quotedName(secret) : secret, quoted && value !== undefined ? quotedValue(value) : value);
      return '';
    });
    return found;
  };
  const shown = [...values].toSorted(([, a], [, b]) => b.reveal().length - a.reveal().length);
  return {
    missing,
    unread: secret => unread.get(secret),
    resolved: text => fill(text, valueOf),
    sent: text => fill(text, (secret, quoted) => referenceOf(quoted ? quotedName(secret) : secret) ?? valueOf(secret, quoted)),
    placed: text =>
      [...read(text)].every(([name, value]) => value !== undefined && placed.get(name)?.reveal() === value.reveal()),
    toPlace: texts =>
      new Map(texts.flatMap(text => [...read(text)].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))),
    veiled: text => shown.reduce((veiled, [secret, value]) => veil(veiled, value.reveal(), `\${secret.${secret}}`), text),
  };
}

/** A configuration as the workers shall have it; what is missing stays a reference. */
export const sentConfig = (fields: Fields, secrets: SecretValues): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields.class === undefined ? {} : configIn(fields)).map(([key, text]) => [key, secrets.sent(text) ?? text]),
  );

/** So many characters at the end of a text that begin a value are no chance. */
const telling = 6;

/** Without the value, as it is, as JSON, an address and a JAAS login write it. Long texts are cut: the beginning of a value at the end goes, too. */
function veil(text: string, value: string, reference: string): string {
  if (value === '') return text;
  const dresses = new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), inQuotes(value)]);
  return [...dresses].reduce(
    (veiled, dress) =>
      withoutBeginning(
        veiled.replaceAll(dress, () => reference),
        dress,
        reference,
      ),
    text,
  );
}

function withoutBeginning(text: string, value: string, reference: string): string {
  for (let length = Math.min(value.length - 1, text.length); length >= telling; length--)
    if (text.endsWith(value.slice(0, length))) return text.slice(0, -length) + reference;
  return text;
}
