const secretKey =
  /(^|[._-])(passw(or)?d|passphrase|secret|tokens?|credentials?|private[._-]?key|api[._-]?key|access[._-]?key|secret[._-]?key|account[._-]?key|keyfile|jaas\.config|user\.info|keystore\.key)$/i;
const glued = /(password|passphrase|secret|privatekey|apikey|accesskey|jaas\.config)$/i;
/** A login inside a text: an assignment, a user in an address, a private key. What is assigned must be no reference. */
const secretText =
  /(?:password|passwd|secret|token)\s*=\s*(?!["']?\$\{)["']?[^\s"';&]|:\/\/[^\s/:@$]*:(?!\$\{)[^\s/@]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----/i;
const reference = /\$\{[^}]+\}/;

/**
 * Is this a secret in clear, as far as its key and its text tell? A reference in its place (`${…}` of ours or of Connect's providers) is none, nor are
 * an empty text, a boolean, or a login without a password.
 */
export function looksSecret(key: string, value: string): boolean {
  if (secretText.test(value)) return true;
  if (!hasSecretName(key) || value === '' || /^(true|false|null)$/i.test(value) || reference.test(value)) return false;
  return !/jaas\.config$/i.test(key);
}

/** Does the key alone say that a secret stands under it? */
export const hasSecretName = (key: string): boolean => secretKey.test(key) || glued.test(key);

/** The references `${secret.STORE.KEY}` in a text, each as `STORE.KEY`. */
export const secretsIn = (text: string): string[] => [...text.matchAll(ours)].map(match => match[1] as string);

/** The text with each `${secret.STORE.KEY}` replaced; `value` is asked with `STORE.KEY`. */
export const fillSecrets = (text: string, value: (secret: string) => string): string =>
  text.replace(ours, (_whole, secret: string) => value(secret));

const ours = /\$\{secret\.([^}]+)\}/g;
