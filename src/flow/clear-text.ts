import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type { Manifest } from '#model/manifest.ts';
import { type Path, type Position, positionOf } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import { hasSecretName } from '#model/secret-looking.ts';
import { placeOf } from './place.ts';
import { loading } from './problems.ts';

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
const namedLikeSecrets = /passw|passphrase|secret|token|credential|key|sealed|user\.info/i;
/** What stands where a secret would, in examples and where it is named elsewhere. */
const placeholder = /\$\{|^<.*>$|^[*x.•-]*$|^(?:true|false|null|none|todo|changeit|changeme|change-me|example|placeholder)$/i;
const sealed = /^\s*-----BEGIN AGE ENCRYPTED FILE-----|^ENC\[/;

/** Of each shape in one file: who reads twenty of them knows enough. */
const mostOfOneShape = 20;

export interface Landscape {
  readonly texts: readonly { readonly file: string; readonly text: string }[];
  readonly manifests: readonly Manifest[];
  /** Files that documents refer to, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Secrets that stand in clear in a document, a comment of it or a file that it refers to, each with its place and never with its value. Only what is one
 * by its shape, or by the name of the field that it is written in; references (`${…}`), placeholders, sealed texts and public keys are none.
 * What is given back has no such value any more, so that no later view can show one; a file with one is left out.
 */
export function clearText({
  texts,
  manifests,
  files,
}: Landscape): { problems: Problem[] } & Pick<Landscape, 'manifests' | 'files'> {
  const problems: Problem[] = [];
  const suspicious = new Set<string>();
  for (const { file, text } of texts) {
    const found = shapesIn(file, text);
    problems.push(...found);
    if (found.length > 0 || namedLikeSecrets.test(text)) suspicious.add(file);
  }
  const documents = new Set(texts.map(each => each.file));
  const clean = new Map<string, string>();
  for (const [file, text] of files) {
    const found = documents.has(file) ? [] : shapesIn(file, text);
    problems.push(...found);
    if (found.length === 0) clean.set(file, text);
  }
  const shown = new Set(problems.map(each => lineOf(each.at)));
  const hidden = manifests.map(manifest => {
    if (!suspicious.has(manifest.located.file)) return manifest;
    const found = secretPaths(manifest.located.value, []);
    for (const path of found) {
      const at = positionOf(manifest.located, path, 'value');
      if (!shown.has(lineOf(at))) problems.push(problemAt(at, `The value of \`${path.at(-1)}\``));
    }
    return found.length === 0 ? manifest : withoutValues(manifest, found);
  });
  return { problems, manifests: hidden, files: clean };
}

const lineOf = (at: Position | undefined): string => `${at?.file}:${at?.line}`;

function shapesIn(file: string, text: string): Problem[] {
  if (!hints.test(text)) return [];
  return shapes.flatMap(({ what, form }) =>
    [...text.matchAll(form)].slice(0, mostOfOneShape).map(found => problemAt(position(file, text, found.index), what)),
  );
}

function position(file: string, text: string, index: number): Position {
  const start = text.lastIndexOf('\n', index - 1) + 1;
  return { file, line: text.slice(0, start).split('\n').length, column: index - start + 1 };
}

function problemAt(at: Position, what: string): Problem {
  const tenant = placeOf(at.file)?.tenant ?? null;
  return loading('secret-in-clear', { message: `${what} stands here in clear.`, at, tenant });
}

/** Where texts stand that are a secret, by the name of their field or by their shape. What is said to be sealed and is not is one too. */
function secretPaths(value: Json, path: Path): Path[] {
  if (typeof value === 'string') return isSecret(value, path) ? [path] : [];
  const members = Array.isArray(value) ? [...value.entries()] : isJsonObject(value) ? Object.entries(value) : [];
  return members.flatMap(([key, member]) => secretPaths(member, [...path, key]));
}

function isSecret(value: string, path: Path): boolean {
  const key = String(path.at(-1));
  const named = (hasSecretName(key) && !/jaas\.config$/i.test(key)) || path[1] === 'sealed';
  if (named && !placeholder.test(value) && !sealed.test(value)) return true;
  return hints.test(value) && shapes.some(({ form }) => value.search(form) >= 0);
}

const redacted = '<redacted>';

function withoutValues(manifest: Manifest, paths: readonly Path[]): Manifest {
  const value = paths.reduce<Json>((hidden, path) => replaceAt(hidden, path), manifest.located.value) as JsonObject;
  const { spec = {}, metadata } = value as unknown as Pick<Manifest, 'spec' | 'metadata'>;
  return { ...manifest, spec, metadata, located: { ...manifest.located, value } };
}

function replaceAt(value: Json, [step, ...rest]: Path): Json {
  if (step === undefined) return redacted;
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? replaceAt(item, rest) : item));
  const members = value as JsonObject;
  return { ...members, [step]: replaceAt(members[step] as Json, rest) };
}
