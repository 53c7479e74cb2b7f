import { hasSecretShape } from './secret-shapes.ts';

const secretKey =
  /(^|[._-])(passw(or)?d|pwd|pass|passphrase|authorization|secret|tokens?|credentials?|private[._-]?key|api[._-]?key|access[._-]?key|secret[._-]?key|account[._-]?key|keyfile|jaas\.config|user\.info|keystore\.key)$/i;
const glued = /(password|passwd|[a-z]Pwd|passphrase|secret|privatekey|apikey|accesskey|jaas\.config)$/i;
/** A login inside a text: a header of HTTP, an assignment, a user in an address, a private key. What is assigned must be no reference. */
const secretText =
  /\bauthorization\s*[:=]\s*["']?(?:bearer|basic|token|apikey)\s+(?!\$\{)\S|(?:password|passwd|secret|token)\s*=(?!=)\s*(?!["']?\$\{)["']?[^\s"';&?]|:\/\/[^\s/:@$]*:(?!\$\{)[^\s/@]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----/i;
const reference = /\$\{[^}]+\}/;

/** What stands where a secret would, in examples and where it is named elsewhere. */
const placeholder = /\$\{|^<.*>$|^[*x.•-]*$|^(?:true|false|null|none|todo|changeit|changeme|change-me|example|placeholder)$/i;
const sealed = /^\s*-----BEGIN AGE ENCRYPTED FILE-----|^ENC\[/;

/**
 * Is this a secret in clear, wherever it is written: by its shape, or by its key? A reference (`${…}`), a placeholder, a sealed text and a JAAS login
 * without a password are none.
 */
export const standsInClear = (key: string, value: string): boolean => hasSecretShape(value) || (isNamed(key) && isMeant(value));

/** Is a text that stands where a secret would one in clear: no reference, no placeholder, nothing sealed? */
export const isMeant = (value: string): boolean => !placeholder.test(value) && !sealed.test(value);

/**
 * The same for a configuration that goes to the outside as it stands, where a placeholder is a password and a login may stand within a text. A reference
 * in its place (`${…}` of ours or of Connect's providers) is none, nor are an empty text, a boolean, or a login without a password.
 */
export function looksSecret(key: string, value: string): boolean {
  if (secretText.test(value) || hasSecretShape(value)) return true;
  if (/(^|[._-])authorization$/i.test(key) && /^(bearer|basic|token|apikey)\s+(?!\$\{)\S/i.test(value)) return true;
  return isNamed(key) && value !== '' && !/^(true|false|null)$/i.test(value) && !reference.test(value);
}

/** A JAAS login names its module, and holds a password only in its text. */
const isNamed = (key: string): boolean => hasSecretName(key) && !/jaas\.config$/i.test(key);

/** Does the key alone say that a secret stands under it? */
export const hasSecretName = (key: string): boolean => secretKey.test(key) || glued.test(key);

/** The references `${secret.STORE.KEY}` in a text, each as `STORE.KEY`. */
export const secretsIn = (text: string): string[] => [...text.matchAll(ours)].map(match => match[1] as string);

/** The text with each `${secret.STORE.KEY}` replaced; `value` is asked with `STORE.KEY` and what stands before it. */
export const fillSecrets = (text: string, value: (secret: string, before: string) => string): string =>
  text.replace(ours, (_whole, secret: string, at: number) => value(secret, text.slice(0, at)));

const ours = /\$\{secret\.([^}]+)\}/g;
