import type { Kind } from '#kinds/kind.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import { apiVersion, type Manifest, type Metadata } from '#model/manifest.ts';
import { type Located, type Path, positionOf } from '#model/position.ts';
import type { Problem, Scope } from '#model/problem.ts';
import type { Documents } from '#ports/documents.ts';
import type { LandscapeFiles } from '#ports/landscape-files.ts';
import { clearText } from './clear-text.ts';
import { nearest } from './nearest.ts';
import { type Place, placeOf } from './place.ts';
import { loading } from './problems.ts';
import { openReferred, type ReferredFiles } from './referred-files.ts';

export type KindRegistry = ReadonlyMap<string, Kind>;

export interface Loaded {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
  readonly revision: string;
  /** Texts of the files that documents refer to. */
  readonly files: ReferredFiles;
}

/** Reads and parses every document of a landscape and checks the envelopes. Nothing is skipped in silence. */
export async function load(
  files: LandscapeFiles,
  documents: Documents,
  kinds: KindRegistry,
  signal?: AbortSignal,
): Promise<Loaded> {
  const [revision, { texts, problems }] = await Promise.all([files.revision(), files.read()]);
  const found: Problem[] = [...problems];
  const manifests: Manifest[] = [];
  const referred = openReferred(files, kinds);
  for await (const parsed of documents.parse(texts, signal)) {
    const place = placeOf(parsed.file);
    const tenant = place?.tenant ?? null;
    for (const problem of parsed.problems) found.push({ ...problem, tenant, scope: scopeOf(place, tenant) });
    for (const document of parsed.documents) {
      const located: Located = { file: parsed.file, value: document.value, marks: document.marks };
      const result = toManifest(located, place, kinds);
      if ('manifest' in result) {
        manifests.push(result.manifest);
        await referred.read(result.manifest);
      }
      found.push(...result.problems.map(problem => ({ ...problem, tenant, scope: scopeOf(place, tenant) })));
    }
  }
  for (const { file, text } of texts)
    if (/^(\s|---)*$/.test(text))
      found.push(loading('empty-file', { message: 'No document stands in it.', at: { file, line: 1, column: 1 } }));
  const others = new Set(texts.filter(({ file, text }) => referred.named.has(file) && !ours.test(text)).map(each => each.file));
  const own = found.filter(problem => problem.at === undefined || !others.has(problem.at.file));
  const clear = clearText({ texts, manifests, files: referred.files });
  const { manifests: shown, files: clean } = clear;
  return { manifests: shown, problems: [...own, ...referred.problems, ...clear.problems], revision, files: clean };
}

/** A YAML file that a document of ours refers to, and that holds none itself, is that document's file and no document that went wrong. */
const ours = /apiVersion["']?\s*:\s*["']?kaas\.dev\//;

const scopeOf = (place: Place | undefined, tenant: string | null): Scope =>
  place === undefined || tenant === null ? 'landscape' : 'tenant';

const envelope = new Set(['apiVersion', 'kind', 'metadata', 'spec', '$patch']);
const nameForm = /^[A-Za-z0-9._-]{1,249}$/;

function toManifest(
  located: Located,
  place: Place | undefined,
  kinds: KindRegistry,
): { manifest: Manifest; problems: Problem[] } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const say = (code: Parameters<typeof loading>[0], path: Path, message: string, hint?: string) =>
    problems.push(loading(code, { message, at: positionOf(located, path), ...(hint === undefined ? {} : { hint }) }));
  const value = located.value;
  if (!isJsonObject(value))
    return { problems: [loading('not-a-document', { message: 'A document is a mapping.', at: positionOf(located, []) })] };
  for (const key of Object.keys(value))
    if (!envelope.has(key)) say('unknown-field', [key], `\`${key}\` is no field of a document.`, suggestion(key, envelope));
  if (value.apiVersion !== apiVersion)
    say('wrong-api-version', ['apiVersion'], `apiVersion is ${JSON.stringify(value.apiVersion ?? null)}.`);
  if (typeof value.kind !== 'string' || !kinds.has(value.kind))
    say(
      'unknown-kind',
      ['kind'],
      `There is no kind ${JSON.stringify(value.kind ?? null)}.`,
      suggestion(String(value.kind), kinds.keys()),
    );
  const patch = value.$patch ?? null;
  if (patch !== null && patch !== 'create' && patch !== 'delete')
    say('bad-metadata', ['$patch'], '`$patch` is `create` or `delete`.');
  const patches = place !== undefined && place.overlay !== null && patch !== 'create';
  const metadata = checkMetadata(value.metadata, patches, say);
  if (value.spec !== undefined && !isJsonObject(value.spec)) say('bad-metadata', ['spec'], '`spec` is a mapping.');
  if (place === undefined)
    say('wrong-place', [], `Documents belong in kaas.yaml, platform/ or tenants/<name>/, not in ${located.file}.`);
  const kind = typeof value.kind === 'string' ? kinds.get(value.kind) : undefined;
  if (place !== undefined && kind !== undefined) {
    if (place.tenant !== null && kind.writtenBy === 'platform')
      say('platform-only', ['kind'], `A ${kind.name} is written by the platform, not in tenants/${place.tenant}/.`);
    if (kind.lives === 'landscape' && place.overlay !== null)
      say('wrong-place', ['kind'], `A ${kind.name} holds in every environment; it cannot stand under environments/.`);
    if (kind.lives !== 'cluster' && metadata?.clusters != null)
      say('wrong-place', ['metadata', 'clusters'], `A ${kind.name} lives on no cluster, so it cannot select any.`);
    if (patch !== null && place.overlay === null)
      say('wrong-place', ['$patch'], '`$patch` has a meaning under environments/<env>/ only.');
  }
  if (problems.length > 0 || kind === undefined || metadata === undefined || place === undefined) return { problems };
  return {
    problems,
    manifest: {
      kind: kind.name,
      metadata,
      spec: (value.spec ?? {}) as JsonObject,
      patch: patch as Manifest['patch'],
      ...place,
      located,
    },
  };
}

type Say = (code: Parameters<typeof loading>[0], path: Path, message: string, hint?: string) => void;

const isTextMap = (value: Json) => isJsonObject(value) && Object.values(value).every(each => typeof each === 'string');
const withoutNulls = (value: Json): Json =>
  isJsonObject(value) ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)) : value;
const isTextSet = (value: Json) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every(each => typeof each === 'string') &&
  new Set(value).size === value.length;
const metadataFields: Readonly<Record<string, { check: (value: Json) => boolean; takes: string }>> = {
  name: { check: value => typeof value === 'string', takes: 'a text' },
  labels: { check: isTextMap, takes: 'a mapping of texts' },
  annotations: { check: isTextMap, takes: 'a mapping of texts' },
  environments: { check: isTextSet, takes: 'a list of environments, each once' },
  clusters: { check: isTextSet, takes: 'a list of clusters, each once' },
  managed: { check: value => typeof value === 'boolean', takes: 'true or false' },
  protected: { check: value => typeof value === 'boolean', takes: 'true or false' },
};

/** In a patch, `null` removes one label or annotation of the base (RFC 7386). */
function checkMetadata(value: Json | undefined, patches: boolean, say: Say): Metadata | undefined {
  if (!isJsonObject(value)) {
    say('bad-metadata', ['metadata'], '`metadata` with a `name` is missing.');
    return undefined;
  }
  for (const [key, member] of Object.entries(value)) {
    const field = Object.hasOwn(metadataFields, key) ? metadataFields[key] : undefined;
    if (field === undefined)
      say('unknown-field', ['metadata', key], `\`metadata.${key}\` is no field.`, suggestion(key, Object.keys(metadataFields)));
    else if (!field.check(patches ? withoutNulls(member) : member) && !(member === null && key !== 'name'))
      say('bad-metadata', ['metadata', key], `\`metadata.${key}\` takes ${field.takes}.`);
  }
  if (value.name === undefined) say('bad-metadata', ['metadata'], '`metadata.name` is missing.');
  else if (typeof value.name === 'string' && !nameForm.test(value.name))
    say('bad-name', ['metadata', 'name'], `\`${value.name.slice(0, 80)}\` is not a valid name.`);
  return value as unknown as Metadata;
}

const suggestion = (given: string, known: Iterable<string>): string | undefined => {
  const close = nearest(given, known);
  return close === undefined ? undefined : `Did you mean \`${close}\`?`;
};
