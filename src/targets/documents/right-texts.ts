import { hash } from 'node:crypto';
import type { RightTexts } from '#ports/right-texts.ts';
import { readCache, writeCache } from './cache-file.ts';

/** Above this only what was used lately is kept. */
const most = 200_000;

const keyOf = (what: string, texts: readonly string[]): string =>
  `${what} ${texts.map(text => hash('sha256', text, 'base64')).join(' ')}`;

/**
 * The port on a file: the build that found the texts right, then a line for each, with a digest (SHA-256) in place of every text. A file that cannot be read, or is
 * another build's, counts as empty. What is new is known to the next run, so that one which begins with nothing makes its digests once, at its end.
 */
export function openRightTexts(file: string, build: string): RightTexts & Disposable {
  let known: ReadonlySet<string> | undefined;
  const used = new Set<string>();
  const added: [what: string, texts: readonly string[]][] = [];
  return {
    has(what, texts) {
      known ??= read(file, build);
      if (known.size === 0) return false;
      const key = keyOf(what, texts);
      if (!known.has(key)) return false;
      used.add(key);
      return true;
    },
    add: (what, texts) => void added.push([what, texts]),
    [Symbol.dispose]() {
      if (added.length === 0) return;
      for (const [what, texts] of added) used.add(keyOf(what, texts));
      const all = new Set([...(known ?? []), ...used]);
      writeCache(file, [build, ...(all.size > most ? used : all)].join('\n'));
    },
  };
}

function read(file: string, build: string): Set<string> {
  const [by, ...keys] = (readCache(file)?.toString('utf8') ?? '').split('\n');
  return new Set(by === build ? keys : []);
}
