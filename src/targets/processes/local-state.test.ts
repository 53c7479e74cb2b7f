import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Another process that holds the lock of this folder for a time, or until it is killed, and notes when it comes and goes. */
function worker(directory: string, log: string, ms: number) {
  const script = `
    import { appendFileSync } from 'node:fs';
    import { oneAtATime } from ${JSON.stringify(join(import.meta.dirname, 'one-at-a-time.ts'))};
    await oneAtATime(${JSON.stringify(directory)}, async () => {
      appendFileSync(${JSON.stringify(log)}, 'in\\n');
      await new Promise(resolve => setTimeout(resolve, ${ms}));
      appendFileSync(${JSON.stringify(log)}, 'out\\n');
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, ended };
}

const said = (log: string): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);

test('what a killed process left behind keeps nobody waiting, and of many that find it one works at a time', {
  timeout: 60_000,
}, async () => {
  const root = folder();
  const [directory, log] = [join(root, 'main'), join(root, 'log')];
  const killed = worker(directory, log, 60_000);
  while (said(log).length === 0) await new Promise(resolve => setTimeout(resolve, 20));
  const many = Array.from({ length: 6 }, () => worker(directory, log, 30));
  await new Promise(resolve => setTimeout(resolve, 500));
  expect(said(log)).toEqual(['in']);
  killed.child.kill('SIGKILL');
  await Promise.all(many.map(each => each.ended));
  expect(said(log)).toEqual(['in', ...many.flatMap(() => ['in', 'out'])]);
  expect(readdirSync(directory)).toEqual([]);
});

test('a lock of an earlier release, whose process id somebody else has by now, keeps nobody waiting', async () => {
  const directory = join(folder(), 'main');
  mkdirSync(directory);
  writeFileSync(join(directory, 'lock'), '1');
  expect(await oneAtATime(directory, async () => 'done')).toBe('done');
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
