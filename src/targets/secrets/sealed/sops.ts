import { type Hash, randomBytes } from 'node:crypto';
import { isAlias, isMap, isScalar, isSeq, Scalar, stringify, type YAMLMap } from 'yaml';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { Opened } from '#ports/sealing.ts';
import { openAge, sealAge, textOf } from './age.ts';
import { broken, foreignKey, unsupported } from './faults.ts';
import { keyOf, member, mostValues, readMarked, replaced, textAt } from './marked-text.ts';
import { decryptValue, encryptValue, isComment, isEncrypted, macText, requireMac, startMac } from './sops-cipher.ts';

const mostRecipients = 100;

/**
 * Opens a SOPS file (https://github.com/getsops/sops, its `README.rst` and `sops.go`) with age recipients, and checks its code over all values. Which values
 * were encrypted (`encrypted_regex` and its kin) is seen from the values: a pattern out of a file is never run. The names are paths: `database.password`.
 */
export async function openSops(text: string, identities: readonly Redacted[]): Promise<Opened> {
  const file = readMarked(text);
  const key = await dataKey(file, identities);
  const onlyEncrypted = member(file, 'sops', 'mac_only_encrypted')?.toString() === 'true';
  const hash = startMac(onlyEncrypted);
  const values = new Map<string, Redacted>();
  const walk: Walk = { key, hash, onlyEncrypted, values };
  for (const pair of file.items) if (keyOf(pair) !== 'sops') branch(walk, pair.value, { path: [keyOf(pair)], name: keyOf(pair) });
  const mac = textAt(file, 'sops', 'mac');
  if (mac === undefined) throw broken('it has no message authentication code');
  requireMac(decryptValue(mac, key, textAt(file, 'sops', 'lastmodified') ?? '').bytes, hash);
  return values;
}

interface Walk {
  readonly key: Uint8Array;
  readonly hash: Hash;
  readonly onlyEncrypted: boolean;
  readonly values: Map<string, Redacted>;
}

interface Place {
  /** What binds a value to where it stands: keys alone, no positions in lists. */
  readonly path: readonly string[];
  readonly name: string;
}

function branch(walk: Walk, node: unknown, { path, name }: Place): void {
  if (isAlias(node)) throw unsupported('It has an alias (`*name`).', 'SOPS itself writes none: write the value out.');
  const below = (item: unknown, own: readonly string[], part: string) =>
    branch(walk, item, { path: own, name: `${name}.${part}` });
  if (isMap(node)) for (const pair of node.items) below(pair.value, [...path, keyOf(pair)], keyOf(pair));
  else if (isSeq(node))
    for (const [index, item] of node.items.filter(each => !commentIn(each)).entries()) below(item, path, String(index));
  else if (isScalar(node)) leaf(walk, node, { path, name });
}

/** SOPS writes the comments of a list as items of it, which count neither as values nor into its code. */
const commentIn = (item: unknown): boolean => isScalar(item) && typeof item.value === 'string' && isComment(item.value);

function leaf({ key, hash, onlyEncrypted, values }: Walk, { value, type: style }: Scalar, { path, name }: Place): void {
  if (typeof value !== 'string' || !isEncrypted(value)) {
    if (!onlyEncrypted) hash.update(clearBytes(value, style === Scalar.PLAIN));
    return;
  }
  const { bytes, type } = decryptValue(value, key, `${path.join(':')}:`);
  hash.update(bytes);
  if (values.has(name)) throw broken(`two of its values have the name \`${name}\``);
  if (values.size === mostValues) throw broken(`it has more than ${mostValues} values`);
  values.set(name, type === 'bool' ? new Redacted(bytes.toString().toLowerCase()) : textOf(bytes));
}

/** A value that stands in clear, as SOPS counts it into its code (`ToBytes` in its `sops.go`); a date is one only without quotation marks. */
function clearBytes(value: unknown, isPlain: boolean): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return decimal(value);
  const text = String(value);
  return isPlain && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
}

/** The shortest digits without an exponent, as Go's `FormatFloat(value, 'f', -1, 64)`. */
function decimal(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : `${value < 0 ? '-' : '+'}Inf`;
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value)) ?? [];
  if (exponent === undefined) return String(value);
  const shift = Number(exponent);
  if (shift > 0) return `${sign}${whole}${fraction.padEnd(shift, '0')}`;
  return `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`;
}

async function dataKey(file: YAMLMap, identities: readonly Redacted[]): Promise<Uint8Array> {
  const recipients = member(file, 'sops', 'age');
  if (!isSeq(recipients) || recipients.items.length === 0)
    throw unsupported(
      'This SOPS file has no age recipient of its own.',
      'Add one: `sops rotate --in-place --add-age RECIPIENT FILE`.',
    );
  for (const each of recipients.items.slice(0, mostRecipients))
    try {
      const key = await openAge(textAt(each, 'enc') ?? '', identities);
      if (key.length !== 32) throw broken('its data key is damaged');
      return key;
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'sealing/foreign-key') throw error;
    }
  throw foreignKey();
}

const recipientsOf = (key: Uint8Array, recipients: readonly string[]) =>
  Promise.all(recipients.map(async recipient => ({ recipient, enc: await sealAge(key, [recipient]) })));

/** A SOPS file in YAML that holds these values, each of which SOPS itself opens and edits. */
export async function sealSops(values: Opened, recipients: readonly string[], now: Date): Promise<string> {
  const key = randomBytes(32);
  const hash = startMac(false);
  const lastmodified = `${now.toISOString().slice(0, 19)}Z`;
  const sealed = [...values].map(([name, value]) => {
    const bytes = Buffer.from(value.reveal());
    hash.update(bytes);
    return [name, encryptValue(bytes, key, `${name}:`)] as const;
  });
  const mac = encryptValue(Buffer.from(macText(hash)), key, lastmodified);
  const age = await recipientsOf(key, recipients);
  const sops = { age, lastmodified, mac, unencrypted_suffix: '_unencrypted', version: '3.9.0' };
  return stringify(
    { ...Object.fromEntries(sealed), sops },
    { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' },
  );
}

/** The same file for other recipients, as `sops updatekeys` does: its values stay as they are. */
export async function resealSops(text: string, identities: readonly Redacted[], recipients: readonly string[]): Promise<string> {
  await openSops(text, identities);
  const file = readMarked(text);
  const at = member(file, 'sops', 'age');
  if (at === undefined) throw broken('it has no recipients');
  const age = await recipientsOf(await dataKey(file, identities), recipients);
  return replaced(text, [{ at, by: JSON.stringify(age) }]);
}
