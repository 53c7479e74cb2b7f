import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from '#faces/cli/commands/index.ts';
import type { Host } from '#faces/cli/host.ts';
import { newLandscape } from '#faces/cli/new-landscape.ts';
import { program } from '#faces/cli/program.ts';

const run = promisify(execFile);
const launcher = join(import.meta.dirname, '../bin/kaas');
const guides = join(import.meta.dirname, '../docs/guides');
const folder = mkdtempSync(join(tmpdir(), 'kaas-guides-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of the landscape: its path in backquotes on a line of its own, then its text. */
const fileForm = /^`([\w./-]+)`:\n\n```\w+\n([^]*?)^```$/gm;
const commandForm = /^ {4}(kaas .*)$/gm;

describe.each(readdirSync(guides))('the guide %s', guide => {
  const text = readFileSync(join(guides, guide), 'utf8');

  test('writes files that make, with those of `kaas init`, a landscape without problems', async () => {
    const landscape = join(folder, guide);
    const written = Object.fromEntries([...text.matchAll(fileForm)].map(([, file, content]) => [file, content] as const));
    for (const [file, content] of Object.entries({ ...newLandscape('shop'), ...written })) {
      mkdirSync(dirname(join(landscape, file)), { recursive: true });
      writeFileSync(join(landscape, file), content as string);
    }
    const said = await run(launcher, ['-C', landscape, 'validate']).catch(error => error as { stdout: string });
    expect(said.stdout).toContain('No problems');
    expect(text.match(/^```\w/gm)?.length ?? 0).toBe(Object.keys(written).length);
  });

  test('names only commands and options that there are', async () => {
    const lines = [...text.matchAll(commandForm)].map(match => match[1] as string);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) {
      let ran = 0;
      const host = { version: '0', write: () => {}, log: () => {} } as unknown as Host;
      const words = line
        .replace(/ (?:&&|[<>|]) .*/, '')
        .split(' ')
        .slice(1);
      expect([line, await program(host, commands, async () => void ran++).parse(words), ran]).toEqual([line, undefined, 1]);
    }
  });
});
