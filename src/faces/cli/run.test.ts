import { expect, test } from 'vitest';
import type { Command } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';
import { asFault, runCommandLine } from './run.ts';

const speaking: Command = {
  name: 'speak',
  summary: 'says one word on each stream',
  arguments: [],
  options: [],
  formats: [],
  run: async context => {
    context.print(context.paint.bad('result'));
    context.log(context.logPaint.bad('log'));
    return exitCodes.done;
  },
};

/** What a command writes to a host whose streams are terminals or not. */
async function spoken(terminal: { stdout: boolean; stderr: boolean }, words: string[] = [], environment = {}) {
  const out: string[] = [];
  const host = {
    version: '0',
    environment,
    directory: '.',
    signal: new AbortController().signal,
    terminal: { stdin: false, ...terminal },
    write: (text: string) => void out.push(`out ${text.trim()}`),
    log: (text: string) => void out.push(`err ${text.trim()}`),
  } as unknown as Host;
  expect(await runCommandLine(host, ['speak', ...words], [speaking])).toBe(exitCodes.done);
  return out;
}

test('each stream is coloured by its own terminal', async () => {
  const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
  expect(await spoken({ stdout: true, stderr: false })).toEqual([`out ${red('result')}`, 'err log']);
  expect(await spoken({ stdout: false, stderr: true })).toEqual(['out result', `err ${red('log')}`]);
  expect(await spoken({ stdout: true, stderr: true }, ['--no-color'])).toEqual(['out result', 'err log']);
  expect(await spoken({ stdout: true, stderr: true }, [], { NO_COLOR: '1' })).toEqual(['out result', 'err log']);
});

test.each([
  ['a full disk, in a write to an open file', { code: 'ENOSPC', syscall: 'write' }, 'Make room there and repeat the command.'],
  ['a folder in place of a file', { code: 'EISDIR', syscall: 'read' }, 'Name a file: there is a folder where one should be.'],
  ['a folder that may not be written', { code: 'EACCES', syscall: 'mkdir', path: '/x' }, undefined],
])('%s is a fault of the outside, not a bug of ours', (_what, details, remedy) => {
  expect(asFault(Object.assign(new Error('no'), details))).toMatchObject({ code: 'files/failed', remedy });
});

test('an error that no file is to blame for stays a bug', () => {
  expect(asFault(new TypeError('x is undefined'))).toBeUndefined();
  expect(asFault(Object.assign(new Error('no'), { code: 'ECONNREFUSED', syscall: 'connect' }))).toBeUndefined();
});
