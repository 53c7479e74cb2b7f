import { readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyNames, longFiles, rows } from './architecture-table.ts';
import { sourceFiles } from './source-files.ts';

const root = join(import.meta.dirname, '..');
const files = sourceFiles(root);
const importPattern = /(?:^|\n)\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

const importsOf = (text: string): string[] => [...text.matchAll(importPattern)].map(match => (match[1] ?? match[2]) as string);

/** The complaint about one import of one file, or undefined where the table allows it. */
function complaint(file: string, imported: string): string | undefined {
  const row = rows.find(each => each.folder.test(file));
  if (row === undefined) return file === 'src/main.ts' ? undefined : `${file}: no row of the table covers it`;
  if (imported.startsWith('node:')) return row.node ? undefined : `${file} may not use ${imported}: ${row.because}`;
  const inside = imported.startsWith('.')
    ? normalize(join(dirname(file), imported))
    : imported.startsWith('#')
      ? `src/${imported.slice(1)}`
      : undefined;
  if (inside === undefined)
    return row.packages.some(each => each.test(imported))
      ? undefined
      : `${file} may not use the package ${imported}: ${row.because}`;
  const own = file.split('/').slice(0, 3).join('/');
  const allowed = row.modules.some(each => (each.source.startsWith('^SAME') ? inside.startsWith(`${own}/`) : each.test(inside)));
  if (!allowed) return `${file} may not import ${inside}: ${row.because}`;
  const sameModule = inside.split('/').slice(0, 2).join('/') === file.split('/').slice(0, 2).join('/');
  if (imported.startsWith('.') && !sameModule) return `${file}: across modules an import is spelled #…, not ${imported}`;
  return undefined;
}

describe('the house', () => {
  test('every import follows the table of who may import whom', () => {
    const complaints = files.flatMap(file =>
      importsOf(readFileSync(join(root, file), 'utf8')).map(imported => complaint(file, imported)),
    );
    expect(complaints.filter(each => each !== undefined)).toEqual([]);
  });

  test.each([
    ['src/model/plan.ts', 'node:fs'],
    ['src/model/plan.ts', '#ports/kafka.ts'],
    ['src/ports/kafka.ts', '@platformatic/kafka'],
    ['src/kinds/kind.ts', '#flow/flow.ts'],
    ['src/kinds/registry.ts', '#targets/kafka/index.ts'],
    ['src/kinds/topic/index.ts', '../acl/index.ts'],
    ['src/kinds/topic/index.ts', 'node:fs'],
    ['src/questions/access.ts', '#ports/kafka.ts'],
    ['src/edits/import.ts', '#flow/flow.ts'],
    ['src/schemas/index.ts', '#kinds/kind.ts'],
    ['src/schemas/index.ts', 'node:fs'],
    ['src/flow/plan.ts', '#kinds/topic/index.ts'],
    ['src/flow/plan.ts', '#targets/kafka/index.ts'],
    ['src/targets/kafka/index.ts', '#targets/store/index.ts'],
    ['src/targets/kafka/index.ts', '#kinds/kind.ts'],
    ['src/faces/cli/run.ts', '#targets/kafka/index.ts'],
    ['src/faces/cli/run.ts', '#faces/api/run.ts'],
  ])('the table complains when %s imports %s', (file, imported) => {
    expect(complaint(file, imported)).toMatch(/may not/);
  });

  test('no file is longer than 400 lines, nor than 250 without a reason', () => {
    const lines = new Map(files.map(file => [file, readFileSync(join(root, file), 'utf8').split('\n').length]));
    expect([...lines].filter(([file, count]) => count > 400 || (count > 250 && !(file in longFiles)))).toEqual([]);
    expect(Object.keys(longFiles).filter(file => (lines.get(file) ?? 0) <= 250)).toEqual([]);
  });

  test('the median file stays under 100 lines', () => {
    const lengths = files.map(file => readFileSync(join(root, file), 'utf8').split('\n').length).toSorted((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(100);
  });

  test('no file has a name that names nothing', () => {
    expect(files.filter(file => emptyNames.test(relative('src', file)))).toEqual([]);
  });
});
