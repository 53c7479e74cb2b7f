import { execFile } from 'node:child_process';
import { type Dirent, existsSync } from 'node:fs';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { type Problem, problems } from '#model/problem.ts';
import type { DocumentText } from '#ports/documents.ts';
import type { LandscapeFiles } from '#ports/landscape-files.ts';
import { referredTexts } from './referred-text.ts';

const run = promisify(execFile);
const mostBytes = 1_048_576;
const readersAtOnce = 64;

const report = problems('landscape', {
  link: {
    title: 'Links are not followed',
    scope: 'landscape',
    hint: 'Put the file itself here: a link may lead out of the landscape.',
  },
  unreadable: {
    title: 'A part of the landscape cannot be read',
    scope: 'landscape',
    hint: 'Nothing is planned without it: what cannot be read would look as if it had been removed.',
  },
  'too-large': { title: 'The file is too large', hint: 'At most 1 MiB.' },
  'stray-document': {
    title: 'A document of ours stands where nothing reads it',
    hint: 'Documents belong in kaas.yaml, platform/ or tenants/<name>/.',
  },
});

/** The landscape in a folder: the working tree of a Git repository, or just files. */
export function landscapeDirectory(root: string): LandscapeFiles {
  let referred: Promise<ReturnType<typeof referredTexts>> | undefined;
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
      const say = (code: Parameters<typeof report>[0], path: string, message: string) =>
        void found.push(report(code, { message, at: { file: posix(path), line: 1, column: 1 } }));
      const unreadable = (path: string) => (error: NodeJS.ErrnoException) =>
        say('unreadable', path, `${posix(path)} cannot be read (${error.code}).`);
      const files: string[] = [];
      const collect = async (path: string, entry: Dirent): Promise<void> => {
        if (entry.isSymbolicLink()) say('link', path, `${posix(path)} is a link.`);
        else if (entry.isDirectory()) {
          for (const each of (await entriesOf(path).catch(unreadable(path))) ?? []) await collect(join(path, each.name), each);
        } else if (isYaml(entry.name)) {
          if (entry.isFile()) files.push(path);
          else say('unreadable', path, `${posix(path)} is no file.`);
        }
      };
      // Without the root there is no Landscape document, which is a problem of its own.
      for (const entry of await entriesOf(root).catch(() => [])) {
        const path = join(root, entry.name);
        if (['platform', 'tenants'].includes(entry.name)) {
          if (entry.isFile()) say('unreadable', path, `${entry.name} is no folder.`);
          else await collect(path, entry);
        } else if (/^kaas\.ya?ml$/.test(entry.name)) await collect(path, entry);
        else if (!entry.name.startsWith('.') && entry.name !== 'node_modules' && (entry.isFile() || entry.isDirectory()))
          await strays(path, entry.isDirectory(), path =>
            say('stray-document', path, `${posix(path)} holds a kaas.dev document.`),
          );
      }
      const texts = await inTurn(files.toSorted(), async path => {
        try {
          const { size } = await lstat(path);
          if (size <= mostBytes) return { file: posix(path), text: await readFile(path, 'utf8') };
          say('too-large', path, `${posix(path)} has ${size} bytes.`);
        } catch (error) {
          unreadable(path)(error as NodeJS.ErrnoException);
        }
        return undefined;
      });
      return { texts: texts.filter((each): each is DocumentText => each !== undefined), problems: found };
    },

    async readTexts(paths) {
      referred ??= realpath(root).then(base => referredTexts(base, mostBytes));
      return paths.map(await referred);
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

const isYaml = (name: string): boolean => /\.ya?ml$/i.test(name);

const entriesOf = async (folder: string): Promise<Dirent[]> =>
  (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** Looks for documents of ours in other folders: their first lines only, two levels deep, at most a thousand files. */
async function strays(path: string, folder: boolean, found: (path: string) => void): Promise<void> {
  const names = folder
    ? (await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []))
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name))
    : [path];
  for (const file of names.filter(isYaml).slice(0, 1_000)) {
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
