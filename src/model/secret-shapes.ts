interface Shape {
  readonly what: string;
  readonly form: RegExp;
}

/** Texts that are a secret by their shape alone, as those who issue them publish it. Repetitions are bounded, so that no text takes long. */
const shapes: readonly Shape[] = [
  {
    what: 'A private key in PEM',
    form: /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|\s){1,99}(?:[A-Za-z-]{1,30}: [^\n\\]{0,99}(?:\\[nr]|\s){1,99}){0,5}[A-Za-z0-9+/]{24}/g,
  },
  { what: 'An age identity', form: /\bAGE-SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]{50}/g },
  { what: 'An AWS access key', form: /\b(?:AKIA|ASIA)(?![A-Z2-7]{9}EXAMPLE\b)[A-Z2-7]{16}\b/g },
  {
    what: 'An AWS secret key',
    form: /\baws[\w.-]{0,30}secret[\w.-]{0,30}["']?\s{0,5}[:=]\s{0,5}["']?(?![A-Za-z0-9/+]{0,33}EXAMPLEKEY)[A-Za-z0-9/+]{40}\b/gi,
  },
  { what: 'A GitHub token', form: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})/g },
  { what: 'A GitLab token', form: /\bglpat-[A-Za-z0-9_-]{20}/g },
  {
    what: 'A Slack token',
    form: /\bxox[abeoprs]-[0-9]{6,20}-[A-Za-z0-9-]{10}|\bhooks\.slack\.com\/services\/T\w{6,20}\/B\w{6,20}\/\w{20}/g,
  },
  { what: 'A signed token (JWT)', form: /\beyJ[\w-]{10,4000}\.eyJ[\w-]{10,4000}\.[\w-]{20}/g },
  { what: 'A Google API key', form: /\bAIza[A-Za-z0-9_-]{35}\b/g },
  { what: 'A Vault token', form: /\bhv[sb]\.[A-Za-z0-9_-]{80}/g },
  { what: 'An Azure key', form: /\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{43,86}={1,2}/g },
  {
    what: 'A login for JAAS with its password',
    form: /LoginModule\b[^;]{0,1000}?\b(?:password|clientSecret)\s{0,5}=\s{0,5}(?:\\?["'])?(?![\s"'\\;]|\$\{|<|\*|x{3}|\.{3})/g,
  },
];
const hints =
  /PRIVATE KEY|AGE-SECRET|AKIA|ASIA|aws|gh[pousr]_|github_pat|glpat-|xox|hooks\.slack|eyJ|AIza|hv[sb]\.|AccessKey|AccountKey|LoginModule/;

/** Of each shape in one text: who reads twenty of them knows enough. */
const mostOfOneShape = 20;

/** Every secret of a text that is one by its shape: what it is, in words, and where it begins. */
export function secretShapes(text: string): { readonly what: string; readonly index: number }[] {
  if (!hints.test(text)) return [];
  return shapes.flatMap(({ what, form }) =>
    [...text.matchAll(form)].slice(0, mostOfOneShape).map(({ index }) => ({ what, index })),
  );
}

export const hasSecretShape = (text: string): boolean => hints.test(text) && shapes.some(({ form }) => text.search(form) >= 0);
