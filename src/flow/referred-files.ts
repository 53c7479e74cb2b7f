import type { Kind } from '#kinds/kind.ts';
import { besideDocument } from '#model/file-path.ts';
import type { JsonObject } from '#model/json.ts';
import type { Manifest } from '#model/manifest.ts';
import type { Path, Position } from '#model/position.ts';
import { positionOf } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import { type Layer, provenance } from '#model/resource.ts';
import type { LandscapeFiles } from '#ports/landscape-files.ts';
import type { KindRegistry } from './load.ts';
import { loading } from './problems.ts';

/** Texts by path from the landscape's root. */
export type ReferredFiles = ReadonlyMap<string, string>;

interface Asked {
  readonly manifest: Manifest;
  readonly path: Path;
  readonly file: string;
  readonly target: string;
}

/** Reads the files that documents refer to, each once. One that is not there, is too large or lies outside the tenant's folder is a problem where it is named. `named` are all that lie in it, by path from the root. */
export function openReferred(files: LandscapeFiles, kinds: KindRegistry) {
  const named = new Set<string>();
  const refused = new Map<string, string>();
  const texts = new Map<string, string>();
  const problems: Problem[] = [];
  const readOnce = async (targets: readonly string[]) => {
    const unread = targets.filter(each => !named.has(each));
    for (const each of unread) named.add(each);
    for (const [index, answer] of unread.length === 0 ? [] : (await files.readTexts(unread)).entries())
      if ('text' in answer) texts.set(unread[index] as string, answer.text);
      else refused.set(unread[index] as string, answer.refused);
  };
  return {
    files: texts as ReferredFiles,
    named: named as ReadonlySet<string>,
    problems: problems as readonly Problem[],
    /** Those of one document. */
    async read(manifest: Manifest): Promise<void> {
      const home = manifest.tenant === null ? 'platform/' : `tenants/${manifest.tenant}/`;
      const asked: Asked[] = [];
      for (const { file, path } of kinds.get(manifest.kind)?.files?.(manifest.spec) ?? []) {
        const target = besideDocument(manifest.located.file, file);
        if (target?.startsWith(home)) asked.push({ manifest, path, file, target });
        else problems.push(refusal({ manifest, path, file }, 'outside', `\`${file}\` is no file below ${home}.`));
      }
      await readOnce(asked.map(each => each.target));
      for (const each of asked) {
        const why = refused.get(each.target);
        if (why !== undefined) problems.push(refusal(each, 'unread', `\`${each.file}\`: ${why}.`));
      }
    },
  };
}

const refusal = (
  { manifest, path }: Pick<Asked, 'manifest' | 'path' | 'file'>,
  why: 'outside' | 'unread',
  message: string,
): Problem =>
  loading(why === 'outside' ? 'file-outside' : 'file-unread', {
    message,
    at: positionOf(manifest.located, ['spec', ...path], 'value'),
    tenant: manifest.tenant,
    subject: { tenant: manifest.tenant, kind: manifest.kind, name: manifest.metadata.name },
  });

/** The texts that a composed resource refers to, by name as written; each name is relative to the document that gave the value. */
export function filesOf(
  kind: Kind,
  composed: { readonly spec: JsonObject; readonly layers: readonly Layer[] },
  files: ReferredFiles,
): Record<string, string> | undefined {
  const referred = kind.files?.(composed.spec) ?? [];
  if (referred.length === 0) return undefined;
  return Object.fromEntries(
    referred.flatMap(({ file, path }) => {
      const [at] = provenance(composed, path) as [Position | undefined];
      const target = at === undefined ? undefined : besideDocument(at.file, file);
      const text = target === undefined ? undefined : files.get(target);
      return text === undefined ? [] : [[file, text]];
    }),
  );
}
