import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { run } from './landscape.ts';

/** The example in a folder of its own with its own local Kafka, both gone when the test ends. `without` names a folder that another test is about. */
export async function example(name: string, without?: string): Promise<string> {
  const directory = join(mkdtempSync(join(tmpdir(), 'kaas-example-')), name);
  cpSync(join(import.meta.dirname, '../examples', name), directory, { recursive: true });
  if (without !== undefined) rmSync(join(directory, without), { recursive: true });
  onTestFinished(async () => {
    await run(directory, ['down']);
    rmSync(join(directory, '..'), { recursive: true, force: true });
  });
  expect((await run(directory, ['up'])).code).toBe(0);
  return directory;
}

export async function applied(directory: string, environment: string): Promise<void> {
  const first = await run(directory, ['apply', environment, '--yes', '-o', 'json']);
  expect([first.code, first.stderr]).toEqual([0, expect.any(String)]);
  const again = await run(directory, ['apply', environment, '--yes', '-o', 'json']);
  expect(again.code).toBe(0);
  expect(again.requests.writes).toBe(0);
}
