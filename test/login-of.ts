import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { TestLandscape } from './landscape.ts';

/** The settings that `kaas connection` writes for an account, with its password. */
export async function loginOf(landscape: TestLandscape, account: string): Promise<{ readonly properties: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'kaas-login-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'client.properties');
  const run = await landscape.kaas('connection', 'dev', account, '--format', 'properties', '--out', file);
  expect(run.code).toBe(0);
  return { properties: readFileSync(file, 'utf8') };
}
