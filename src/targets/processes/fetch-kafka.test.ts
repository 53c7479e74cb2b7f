import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchKafka } from './fetch-kafka.ts';

const path = process.env.PATH;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kaas-fetch-'));
  process.env.PATH = folder;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** A program of this name on the PATH, which holds nothing else. */
function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

test('without Maven and Docker the message names both, and what to install', async () => {
  await expect(fetchKafka(join(folder, 'kafka/lib'), () => {})).rejects.toMatchObject({
    code: 'processes/no-kafka',
    message: expect.stringMatching(/neither Maven .* nor Docker/),
    remedy: expect.stringContaining('apt-get install -y maven'),
  });
});

test('without Maven the jars come out of a container that was never started, and it is removed', async () => {
  const log = join(folder, 'log');
  program(
    'docker',
    `echo "$@" >> ${log}\n[ "$1" = create ] && echo container-1\n[ "$1" = cp ] && : > "$3/kafka_2.13-4.3.1.jar"\nexit 0`,
  );
  await fetchKafka(join(folder, 'kafka/lib'), () => {});
  expect(readdirSync(join(folder, 'kafka/lib'))).toEqual(['kafka_2.13-4.3.1.jar']);
  const [create, copy, remove] = readFileSync(log, 'utf8').trim().split('\n');
  expect([create, remove]).toEqual(['create apache/kafka:4.3.1', 'rm container-1']);
  expect(copy).toMatch(/^cp container-1:\/opt\/kafka\/libs\/\. /);
});

test('a tool that fails is told in its own words and leaves nothing behind', async () => {
  program('mvn', 'echo "[ERROR] no route to the repository" >&2; exit 1');
  await expect(fetchKafka(join(folder, 'kafka/lib'), () => {})).rejects.toMatchObject({
    message: expect.stringContaining('no route to the repository'),
  });
  expect(readdirSync(join(folder, 'kafka'))).toEqual([]);
});
