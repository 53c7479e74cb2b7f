import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Redacted } from '#model/redacted.ts';
import { memorySecrets } from '#targets/memory/secrets.ts';
import { whileLocked } from '#targets/secrets/file-lock.ts';
import { openLocalSecrets } from '#targets/secrets/open-local-secrets.ts';
import { secret, secretsContract } from './secrets.contract.ts';

let directory: string;
beforeEach(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), 'kaas-secrets-')), '.kaas');
});
afterEach(() => rm(path.dirname(directory), { recursive: true }));

describe('in memory', () =>
  secretsContract(() => {
    const values = new Map<string, Redacted>();
    return { first: memorySecrets(values), another: memorySecrets(values) };
  }));

describe('in an age file', () => {
  secretsContract(() => ({ first: openLocalSecrets({ directory }), another: openLocalSecrets({ directory }) }));

  const sealed = () => path.join(directory, 'secrets.age');
  const faultOf = (work: Promise<unknown>): Promise<Record<string, string>> =>
    work.then(
      () => ({}),
      error => error,
    );

  test('only the owner may read what is written, nothing is left over, and no value stands in it', async () => {
    await openLocalSecrets({ directory }).put('a', secret('hunter2'));
    expect((await readdir(directory)).sort()).toEqual(['.gitignore', 'age-identity.txt', 'secrets.age']);
    for (const file of await readdir(directory)) {
      expect((await stat(path.join(directory, file))).mode & 0o777).toBe(0o600);
      expect(await readFile(path.join(directory, file), 'latin1')).not.toContain('hunter2');
    }
    expect(await readFile(sealed(), 'latin1')).toMatch(/^age-encryption\.org\/v1\n/);
  });

  test('reading makes nothing', async () => {
    await openLocalSecrets({ directory }).keys();
    await expect(stat(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a named identity is used, must exist and is never made', async () => {
    const identityFile = path.join(path.dirname(directory), 'key.txt');
    const missing = await faultOf(openLocalSecrets({ directory, identityFile }).put('a', secret('x')));
    expect(missing).toMatchObject({
      name: 'Fault',
      code: 'secrets/no-identity',
      remedy: expect.stringContaining('KAAS_AGE_KEY_FILE'),
    });
    await openLocalSecrets({ directory: path.join(path.dirname(directory), 'other') }).put('a', secret('x'));
    await writeFile(identityFile, await readFile(path.join(path.dirname(directory), 'other', 'age-identity.txt')));
    await openLocalSecrets({ directory, identityFile }).put('a', secret('x'));
    expect((await openLocalSecrets({ directory, identityFile }).get('a'))?.reveal()).toBe('x');
    expect(await readdir(directory)).toEqual(['secrets.age']);
  });

  test('another identity, none, or a broken one is a fault that says what to do, and writes nothing over the secrets', async () => {
    const store = openLocalSecrets({ directory });
    const identity = path.join(directory, 'age-identity.txt');
    await store.put('a', secret('hunter2'));
    const before = await readFile(sealed());
    const mine = await readFile(identity, 'utf8');
    await openLocalSecrets({ directory: path.join(directory, 'other') }).put('a', secret('x'));
    await writeFile(identity, await readFile(path.join(directory, 'other', 'age-identity.txt')));
    expect(await faultOf(store.get('a'))).toMatchObject({ code: 'secrets/wrong-identity', remedy: expect.any(String) });
    expect(await faultOf(store.put('b', secret('x')))).toMatchObject({ code: 'secrets/wrong-identity' });
    await rm(identity);
    expect(await faultOf(store.put('b', secret('x')))).toMatchObject({ code: 'secrets/no-identity', remedy: expect.any(String) });
    const broken = `${mine.trim().slice(0, -4)}QQQQ\n`;
    await writeFile(identity, broken);
    const fault = await faultOf(store.get('a'));
    expect(fault).toMatchObject({ code: 'secrets/no-identity' });
    expect(inspect(fault)).not.toContain('QQQQ');
    await writeFile(identity, '# nothing\n');
    expect(await faultOf(store.get('a'))).toMatchObject({ code: 'secrets/no-identity' });
    expect(await readFile(sealed())).toEqual(before);
  });

  test('a file that is cut off anywhere is a fault, never an empty store', async () => {
    const store = openLocalSecrets({ directory });
    await store.put('a', secret('hunter2'));
    const { size } = await stat(sealed());
    for (const length of [size - 1, size - 20, Math.floor(size / 2), 10, 0]) {
      await truncate(sealed(), length);
      expect(await faultOf(store.keys())).toMatchObject({ name: 'Fault', code: 'secrets/corrupt', remedy: expect.any(String) });
      expect(await faultOf(store.put('b', secret('x')))).toMatchObject({ code: 'secrets/corrupt' });
    }
  });

  test('a lock that a dead process left is taken over; one of a living process is waited for', async () => {
    const store = openLocalSecrets({ directory });
    await store.put('a', secret('1'));
    const lock = `${sealed()}.lock`;
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    await writeFile(lock, JSON.stringify({ id: 'x', pid: dead.pid, host: hostname() }));
    await store.put('b', secret('2'));
    await writeFile(lock, JSON.stringify({ id: 'x', pid: process.pid, host: hostname() }));
    await store.put('c', secret('3'));
    await writeFile(lock, JSON.stringify({ id: 'x', pid: process.ppid, host: hostname() }));
    const waiting = store.put('d', secret('4'));
    expect(await Promise.race([waiting.then(() => 'written'), new Promise(resolve => setTimeout(resolve, 200, 'waiting'))])).toBe(
      'waiting',
    );
    await rm(lock);
    await waiting;
    expect(await store.keys()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('processes that write at the same time, the first use included, lose nothing', async () => {
    const file = fileURLToPath(new URL('secrets-child.ts', import.meta.url));
    const children = [1, 2, 3].map(each => spawn(process.execPath, [file, directory, `p${each}`], { stdio: 'inherit' }));
    for (const child of children) expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0);
    expect(await openLocalSecrets({ directory }).keys()).toHaveLength(15);
    expect((await readdir(directory)).sort()).toEqual(['.gitignore', 'age-identity.txt', 'secrets.age']);
  });

  test.skipIf(process.getuid?.() === 0)('a directory without rights is a fault', async () => {
    await openLocalSecrets({ directory }).put('a', secret('1'));
    await chmod(directory, 0o500);
    expect(await faultOf(openLocalSecrets({ directory }).put('b', secret('2')))).toMatchObject({
      code: 'secrets/not-authorized',
    });
    await chmod(directory, 0o700);
  });
});

test('a store in a file of its own shares the identity, and nothing else', async () => {
  const file = path.join(path.dirname(directory), 'elsewhere', 'team.age');
  const [main, own] = [openLocalSecrets({ directory }), openLocalSecrets({ directory, file })];
  await own.put('a', secret('1'));
  expect([await own.keys(), await main.keys()]).toEqual([['a'], []]);
  expect(await readdir(path.dirname(file))).toEqual(['team.age']);
  expect(await own.place('a')).toBe(file);
});

test('of many that want a lock in one process, one at a time has it', { timeout: 120_000 }, async () => {
  const lock = path.join(path.dirname(directory), 'lock');
  let [inside, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise(resolve => setTimeout(resolve, 2));
    inside--;
  };
  for (let round = 0; round < 12; round++) await Promise.all(Array.from({ length: 30 }, () => whileLocked(lock, work)));
  expect(most).toBe(1);
});
