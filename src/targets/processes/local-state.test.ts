import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readLocalKafka } from './local-state.ts';
import { oneAtATime } from './one-at-a-time.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'kaas-state-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test.each(['', '{ broken', 'null', '{}', '{ "nodes": [] }', '[1]'])(
  'a damaged note of what was started (%s) is told with its file and the way out, not as a bug',
  text => {
    const directory = folder();
    writeFileSync(join(directory, 'cluster.json'), text);
    expect(() => readLocalKafka(directory)).toThrow(
      expect.objectContaining({
        name: 'Fault',
        code: 'processes/state-broken',
        message: expect.stringContaining('cluster.json'),
        remedy: expect.stringContaining(directory),
      }),
    );
  },
);

test.each(['', '999999999', 'nonsense'])('a lock that nobody holds (%s) keeps nobody waiting', async owner => {
  const directory = join(folder(), 'main');
  mkdirSync(directory);
  writeFileSync(join(directory, 'lock'), owner);
  expect(await oneAtATime(directory, async () => 'done')).toBe('done');
  expect(readdirSync(directory)).toEqual([]);
});

test('of several at once one works at a time, and nothing is left behind', async () => {
  const directory = join(folder(), 'main');
  let inside = 0;
  const most: number[] = [];
  const work = async () => {
    most.push(++inside);
    await new Promise(resolve => setTimeout(resolve, 20));
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => oneAtATime(directory, work)));
  expect(most).toEqual([1, 1, 1]);
  expect(readdirSync(directory)).toEqual([]);
});
