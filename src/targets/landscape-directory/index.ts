import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { type Problem, problems } from '#model/problem.ts';
import type { DocumentText } from '#ports/documents.ts';
import type { LandscapeFiles } from '#ports/landscape-files.ts';

const run = promisify(execFile);
const mostBytes = 1_048_576;
const readersAtOnce = 64;

const report = problems('landscape', {
  link: { title: 'Links are not followed', hint: 'Put the file itself here: a link may lead out of the landscape.' },
  'too-large': { title: 'The file is too large', hint: 'At most 1 MiB.' },
  'stray-document': {
    title: 'A document of ours stands where nothing reads it',
    hint: 'Documents belong in kaas.yaml, platform/ or tenants/<name>/.',
  },
});

/** The landscape in a folder: the working tree of a Git repository, or just files. */
export function landscapeDirectory(root: string): LandscapeFiles {
  const posix = (path: string) => relative(root, path).split(sep).join('/');
  return {
    async revision() {
      if (!inRepository(root)) return 'working tree';
      try {
        const git = (...args: string[]) => run('git', ['-C', root, ...args]).then(({ stdout }) => stdout.trim());
        const [commit, changes] = await Promise.all([
          git('rev-parse', 'HEAD'),
          git('status', '--porcelain', '--', 'kaas.yaml', 'platform', 'tenants'),
        ]);
        return changes === '' ? commit : 'working tree';
      } catch {
        return 'working tree';
      }
    },

    async read() {
      const found: Problem[] = [];
      const say = (code: 'link' | 'too-large' | 'stray-document', path: string, message: string) =>
        found.push(
          report(code, {
            message,
            at: { file: posix(path), line: 1, column: 1 },
            scope: code === 'link' ? 'landscape' : 'tenant',
          }),
        );
      const files: string[] = [];
      const collect = async (folder: string): Promise<void> => {
        for (const entry of await entriesOf(folder)) {
          const path = join(folder, entry.name);
          if (entry.isSymbolicLink()) say('link', path, `${posix(path)} is a link.`);
          else if (entry.isDirectory()) await collect(path);
          else if (/\.ya?ml$/.test(entry.name)) files.push(path);
        }
      };
      for (const folder of ['platform', 'tenants']) await collect(join(root, folder));
      for (const entry of await entriesOf(root)) {
        const path = join(root, entry.name);
        if (entry.isFile() && /^kaas\.ya?ml$/.test(entry.name)) files.push(path);
        else if (!entry.name.startsWith('.') && !['platform', 'tenants', 'node_modules'].includes(entry.name))
          await strays(path, entry.isDirectory(), path =>
            say('stray-document', path, `${posix(path)} holds a kaas.dev document.`),
          );
      }
      const texts = await inTurn(files.toSorted(), async path => {
        const { size } = await lstat(path);
        if (size <= mostBytes) return { file: posix(path), text: await readFile(path, 'utf8') };
        say('too-large', path, `${posix(path)} has ${size} bytes.`);
        return undefined;
      });
      return { texts: texts.filter((each): each is DocumentText => each !== undefined), problems: found };
    },

    async readText(path) {
      const base = await realpath(root);
      const full = await realpath(resolve(base, path)).catch(() => undefined);
      if (full === undefined || !full.startsWith(base + sep)) return undefined;
      const { size } = await lstat(full);
      return size > mostBytes ? undefined : readFile(full, 'utf8');
    },
  };
}

/** Is there a `.git` in this folder or above it? Asked first: starting Git costs more than reading a small landscape. */
function inRepository(folder: string): boolean {
  for (let each = resolve(folder); ; each = dirname(each)) {
    if (existsSync(join(each, '.git'))) return true;
    if (each === dirname(each)) return false;
  }
}

const entriesOf = async (folder: string) =>
  (await readdir(folder, { withFileTypes: true }).catch(() => [])).toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** Looks for documents of ours in other folders: their first lines only, two levels deep, at most a thousand files. */
async function strays(path: string, folder: boolean, found: (path: string) => void): Promise<void> {
  const names = folder
    ? (await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []))
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name))
    : [path];
  for (const file of names.filter(name => /\.ya?ml$/.test(name)).slice(0, 1_000)) {
    const { size } = await lstat(file);
    if (size <= mostBytes && /^apiVersion:\s*kaas\.dev\//m.test(await readFile(file, 'utf8'))) found(file);
  }
}

/** Reads many small files with a bounded number under way. */
async function inTurn<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(readersAtOnce, items.length) }, async () => {
      while (next < items.length) {
        const index = next++;
        results[index] = await work(items[index] as Item);
      }
    }),
  );
  return results;
}
