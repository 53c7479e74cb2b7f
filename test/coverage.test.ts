import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('every test that docs/coverage.md names exists', () => {
  const named = [...readFileSync(join(root, 'docs/coverage.md'), 'utf8').matchAll(/`([^`]+\.test\.ts)`/g)].map(
    match => match[1] as string,
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(file => !existsSync(join(root, file)))).toEqual([]);
});
