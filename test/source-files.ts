import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** All TypeScript sources of the product, tests left out, relative to the project's root. */
export const sourceFiles = (root: string): string[] =>
  readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted();
