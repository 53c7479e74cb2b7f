interface Shape {
  readonly what: string;
  /** Texts without it have no such secret, which is told much faster than by the form: parts one of which must be there, or an expression. */
  readonly hint: readonly string[] | RegExp;
  readonly form: RegExp;
}

/** What PEM begins with, once more in base64: `data` of a Kubernetes Secret, or a variable of a pipeline. Its last sign depends on what follows. */
const inBase64 = ['', 'RSA ', 'EC ', 'DSA ', 'OPENSSH ', 'ENCRYPTED ']
  .map(algorithm => btoa(`-----BEGIN ${algorithm}PRIVATE KEY-----`).replace(/.=*$/, '').replaceAll('+', '\\+'))
  .join('|');

/** The words that only a private key begins with, at each of the three places where base64 can cut them: a key behind its certificate, or inside a document. */
const furtherInBase64 = [0, 1, 2]
  .map(before => btoa(`${' '.repeat(before)} PRIVATE KEY-----`).slice(before === 0 ? 0 : 4, -4))
  .join('|');

/** Between the lines of PEM: line breaks, also escaped, and what stands before a line in a comment, a list of strings or a quotation. */
const between = String.raw`(?:\\{1,3}[nr]|[\s"'#+|>])`;

/** What stands for a password where none is meant. */
const standIn = '(?:[*x.-]+|password|passwd|pass|pwd?|secret|token|your[\\w-]*|true|false|null|none|changeit|changeme)';

/** What a template or an example has where a password will be: nothing that somebody could log in with. */
const blank = '(?:<[^<>\\s"\']{0,60}>|\\*{1,60}|x{3,60}|\\.{3,60}|\\{\\{[^{}"\']{0,60}\\}\\}|%[A-Z_]{2,60}%|%s|redacted)';

/** Texts that are a secret by their shape alone, as those who issue them publish it. Repetitions are bounded, so that no text takes long. */
const shapes: readonly Shape[] = [
  {
    what: 'A private key in PEM',
    hint: ['PRIVATE KEY'],
    // A line of the head ends where its line does: were a blank part of both, a few hundred of them would take for ever.
    form: new RegExp(
      String.raw`-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----${between}{0,99}(?:[A-Za-z-]{1,30}: [^\r\n\\]{0,99}(?=[\r\n\\])${between}{1,99}){0,5}[A-Za-z0-9+/]{24}`,
      'g',
    ),
  },
  {
    what: 'A private key in base64',
    hint: ['LS0tLS1C', ...furtherInBase64.split('|')],
    form: new RegExp(`(?:${inBase64}|${furtherInBase64})[A-Za-z0-9+/_\\s\\\\-]{60}`, 'g'),
  },
  {
    what: 'A private key as JWK',
    hint: ['kty'],
    form: /"kty"\s{0,3}:\s{0,3}"(?:RSA|EC|OKP)"(?:(?!"kty")[^{}]){0,1500}?"d"\s{0,3}:\s{0,3}"[\w-]{40}|"d"\s{0,3}:\s{0,3}"[\w-]{40}(?:(?!"d")[^{}]){0,1500}?"kty"/g,
  },
  { what: 'A private key of PuTTY', hint: ['PuTTY-User'], form: /PuTTY-User-Key-File-\d: [^\0]{0,2000}?Private-Lines: \d/g },
  { what: 'An age identity', hint: ['AGE-SECRET'], form: /\bAGE-SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]{50}/g },
  { what: 'An AWS access key', hint: ['AKIA', 'ASIA'], form: /\b(?:AKIA|ASIA)(?![A-Z2-7]{9}EXAMPLE\b)[A-Z2-7]{16}\b/g },
  {
    what: 'An AWS secret key',
    hint: /aws[\w.-]{0,30}secret|secret[_.-]?access/i,
    // Forty digits of sixteen are a commit or a SHA-1, as they stand beside the name of a secret.
    form: /\b(?:aws[\w.-]{0,30}secret|secret[_.-]?access[_.-]?key)[\w.-]{0,30}["']?\s{0,5}[:=]\s{0,5}["']?(?![A-Za-z0-9/+]{0,33}EXAMPLEKEY|[a-f0-9]{40}\b)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/gi,
  },
  {
    what: 'A GitHub token',
    hint: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat'],
    form: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})/g,
  },
  {
    what: 'A GitLab token',
    hint: ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-'],
    form: /\bgl(?:pat|dt|rt|ptt|cbt)-[A-Za-z0-9_-]{20}/g,
  },
  {
    what: 'A Slack token',
    hint: ['xox', 'xapp-', 'hooks.slack'],
    form: /\bxox[abeoprs]-[0-9]{6,20}-[A-Za-z0-9-]{10}|\bxapp-\d-[A-Z0-9]{6,20}-\d{6,20}-[a-z0-9]{10}|\bhooks\.slack\.com\/services\/T\w{6,20}\/B\w{6,20}\/\w{20}/g,
  },
  { what: 'A signed token (JWT)', hint: ['eyJ'], form: /\beyJ[\w-]{10,4000}\.eyJ[\w-]{10,4000}\.[\w-]{20}/g },
  {
    what: 'A Google key',
    hint: ['AIza', 'GOCSPX', 'ya29'],
    form: /\bAIza[A-Za-z0-9_-]{35}\b|\bGOCSPX-[A-Za-z0-9_-]{28}|\bya29\.[A-Za-z0-9_-]{30}/g,
  },
  { what: 'A Vault token', hint: ['hvs.', 'hvb.', 'hvr.'], form: /\bhv[sbr]\.[A-Za-z0-9_-]{24}/g },
  {
    what: 'An Azure key',
    hint: ['AccountKey', 'SharedAccessKey', 'Q~', 'sig='],
    form: /\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{43,86}={1,2}|(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}|[?&]sig=[A-Za-z0-9%+/]{40}/g,
  },
  {
    what: 'A token of a service',
    hint: /npm_|pypi-|k_live_|sk-|SG\.|dckr_|hf_|ATATT|cflt|glsa_|dop_v1|dapi|NRAK|dp\./,
    form: /\b(?:npm_[A-Za-z0-9]{36}|pypi-AgEI[\w-]{50}|[sr]k_live_[A-Za-z0-9]{20}|sk-(?:proj|ant|svcacct|admin)-[\w-]{20}|SG\.[\w-]{22}\.[\w-]{43}|dckr_pat_[\w-]{27}|hf_[A-Za-z0-9]{34}|ATATT3[\w-]{60}|cflt[A-Za-z0-9+/]{60}|glsa_[A-Za-z0-9]{32}_|dop_v1_[a-f0-9]{64}|dapi[a-f0-9]{32}\b|NRAK-[A-Z0-9]{27}|dp\.(?:st|pt)\.[\w.-]{40})/g,
  },
  {
    // No search goes on behind the next login, which is one of its own: text without end would be read again for each.
    what: 'A login for JAAS with its password',
    hint: /LoginModule/i,
    form: new RegExp(
      `LoginModule\\b(?:(?!LoginModule)[^;]|;(?=[\\w.-])){0,1000}?(?:\\buser_[\\w.@-]{1,32}|password|passphrase|secret|token)\\s{0,5}=\\s{0,5}(?:\\\\?["'])?(?![\\s"'\\\\;]|\\$\\{|${blank}(?:\\\\?["']|[\\s;]|$))`,
      'gi',
    ),
  },
  {
    what: 'An address with a password',
    hint: /:\/\/[^\s/@]{0,400}@/,
    form: new RegExp(
      `\\b[a-z][a-z0-9+.-]{1,30}://[^\\s/:@"'\`<>{}$\\\\]{0,100}:(?!\\$|\\d{1,5},|${standIn}@)[^\\s/@"'\`<>{}\\\\]{3,200}@(?=[\\w[])`,
      'gi',
    ),
  },
  {
    what: 'A login for Oracle',
    hint: ['jdbc:oracle:'],
    form: new RegExp(`\\bjdbc:oracle:\\w{2,5}:[^\\s/:@"'\`<>{}$]{1,60}/(?!\\$|${standIn}@)[^\\s@"'\`<>{}]{1,200}@`, 'gi'),
  },
  {
    what: 'A login of a schema registry',
    hint: ['auth.user.info'],
    form: new RegExp(
      `\\bauth\\.user\\.info["']?\\s{0,3}[:=]\\s{0,3}["']?[^\\s:"'<>{}$]{1,100}:(?!${standIn}(?:["'\\s]|$))(?=[^\\s"']{0,99}[a-z0-9])[^\\s"'<>{}$]{4}`,
      'g',
    ),
  },
  {
    what: 'A password in a connection string',
    hint: /[?&;]\s?[pacs][\w-]{0,20}\s?=/i,
    form: new RegExp(
      `[?&;]\\s?(?:password|passwd|pwd|access_token|api_?key|client_?secret|secret_?key)\\s?=(?!\\s?["'\\\\$]|${standIn}(?:[&;"'\\s]|$))[^\\s&;"'<>{}\`*]{4}`,
      'gi',
    ),
  },
  {
    what: 'An authorization',
    hint: /authorization/i,
    form: /\bauthorization["'\\]{0,2}\s{0,3}[:=,|]\s{0,3}["'\\]{0,2}(?:Bearer|Basic|Token|ApiKey)\s{1,3}(?=[\w.~+/-]{0,99}\d)[\w.~+/-]{8}/gi,
  },
];
/** Most names and values of documents, told at once: no shape is so short and has nothing but these. */
const plainName = /^[a-z0-9._-]{0,23}$/;

const hinted = ({ hint }: Shape, text: string): boolean =>
  Array.isArray(hint) ? hint.some(each => text.includes(each)) : (hint as RegExp).test(text);

/** Of each shape in one text: who reads twenty of them knows enough. */
const mostOfOneShape = 20;

/** Every secret of a text that is one by its shape: what it is, in words, and where it begins. */
export const secretShapes = (text: string): { readonly what: string; readonly index: number }[] =>
  found(text).flatMap(({ what, matches }) => matches.slice(0, mostOfOneShape).map(({ index }) => ({ what, index })));

const found = (text: string): { what: string; matches: RegExpExecArray[] }[] =>
  plainName.test(text)
    ? []
    : shapes.flatMap(shape => (hinted(shape, text) ? [{ what: shape.what, matches: [...text.matchAll(shape.form)] }] : []));

export const hasSecretShape = (text: string): boolean =>
  !plainName.test(text) && shapes.some(shape => hinted(shape, text) && text.search(shape.form) >= 0);

const hidden = '(hidden: a secret in clear)';

/** The text for people to see: from where a secret begins to the next quotation mark behind it, or to the end, which may hide more than the secret and never less. */
export function withoutShapes(text: string): string {
  const matches = found(text).flatMap(each => each.matches);
  let shown = '';
  let from = 0;
  for (const match of matches.toSorted((a, b) => a.index - b.index)) {
    if (match.index >= from) shown += text.slice(from, match.index) + hidden;
    const end = text.indexOf('`', match.index + match[0].length);
    if (end < 0) return shown;
    from = Math.max(from, end);
  }
  return shown + text.slice(from);
}
