import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type { Manifest } from '#model/manifest.ts';
import { type Path, type Position, positionOf } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import { isMeant, standsInClear } from '#model/secret-looking.ts';
import { hasSecretShape, secretShapes } from '#model/secret-shapes.ts';
import { placeOf } from './place.ts';
import { loading } from './problems.ts';
import { hiddenText, withoutSecrets } from './secrets-in-clear.ts';

/** What may hold a secret that its text does not show: by the name of a field, or behind an escape. */
const namedLikeSecrets = /\\|passw?|pwd|secret|token|credential|key|sealed|authorization|user\.info/i;

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
    return found.length === 0 && !hasShapelyKey(manifest.located.value) ? manifest : withoutValues(manifest, found);
  });
  return { problems, manifests: hidden, files: clean };
}

const lineOf = (at: Position | undefined): string => `${at?.file}:${at?.line}`;

const shapesIn = (file: string, text: string): Problem[] =>
  secretShapes(text).map(({ what, index }) => problemAt(position(file, text, index), what));

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
  if (typeof value === 'number') return isPin(value, path) ? [path] : [];
  const members = Array.isArray(value) ? [...value.entries()] : isJsonObject(value) ? Object.entries(value) : [];
  return members.flatMap(([key, member]) => secretPaths(member, [...path, key]));
}

const isSecret = (value: string, path: Path): boolean =>
  standsInClear(String(path.at(-1)), value) || (path[1] === 'sealed' && isMeant(value));

/** A password of digits alone, without quotation marks. A count (`maxTokens`) or a length is none. */
const isPin = (value: number, path: Path): boolean =>
  /(?:passw(?:or)?d|passphrase|pwd)$/i.test(String(path.at(-1))) && String(value).length >= 4;

function withoutValues(manifest: Manifest, paths: readonly Path[]): Manifest {
  const value = withoutKeys(withoutSecrets(manifest.located.value as JsonObject, paths)) as JsonObject;
  const { spec = {}, metadata } = value as unknown as Pick<Manifest, 'spec' | 'metadata'>;
  return { ...manifest, spec, metadata, located: { ...manifest.located, value } };
}

const hasShapelyKey = (value: Json): boolean =>
  Array.isArray(value)
    ? value.some(hasShapelyKey)
    : isJsonObject(value) && Object.entries(value).some(([key, member]) => hasSecretShape(key) || hasShapelyKey(member));

/** A secret that somebody wrote where a name belongs. */
function withoutKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutKeys);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([key, member]) => [hasSecretShape(key) ? hiddenText : key, withoutKeys(member)]));
}
