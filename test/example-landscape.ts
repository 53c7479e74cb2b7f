import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { run } from './landscape.ts';

/** The example in a folder of its own with its own local Kafka, both gone when the test ends. `without` names a folder that another test is about, `beside` what `kaas up --with` starts. */
export async function example(name: string, { without, beside }: { without?: string; beside?: string } = {}): Promise<string> {
  const directory = copyOf(name);
  if (without !== undefined) rmSync(join(directory, without), { recursive: true });
  await upIn(directory, ...(beside === undefined ? [] : ['--with', beside]));
  return directory;
}

/** The example's folder alone, gone when the test ends. */
export function copyOf(name: string): string {
  const directory = join(mkdtempSync(join(tmpdir(), 'kaas-example-')), name);
  cpSync(join(import.meta.dirname, '../examples', name), directory, { recursive: true });
  onTestFinished(() => rmSync(join(directory, '..'), { recursive: true, force: true }));
  return directory;
}

/** The local Kafka of a landscape, up with these options until the test ends. */
export async function upIn(directory: string, ...options: string[]): Promise<void> {
  onTestFinished(async () => {
    await run(directory, ['down']);
  });
  const { code, stderr } = await run(directory, ['up', ...options]);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
}

export async function applied(directory: string, environment: string): Promise<void> {
  const first = await run(directory, ['apply', environment, '--yes', '-o', 'json']);
  expect([first.code, first.stderr]).toEqual([0, expect.any(String)]);
  const again = await run(directory, ['apply', environment, '--yes', '-o', 'json']);
  expect(again.code).toBe(0);
  expect(again.requests.writes).toBe(0);
}
