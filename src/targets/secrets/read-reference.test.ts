import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Redacted, type SecretReference } from '#model/redacted.ts';
import type { Secrets } from '#ports/secrets.ts';
import { readSecret } from './read-reference.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'kaas-reference-'));
  await writeFile(path.join(root, 'password.txt'), 'from file\n');
  await writeFile(path.join(root, 'empty.txt'), '\n');
});
afterAll(() => rm(root, { recursive: true }));

const local = { get: async (key: string) => (key === 'known' ? new Redacted('from store') : undefined) } as Secrets;
const read = (reference: SecretReference) =>
  readSecret(reference, { env: { PASSWORD: 'from env', NOTHING: '' }, root, store: () => local });

test('a reference leads to a variable, a file of the landscape, an absolute file or a key of a store', async () => {
  expect((await read({ env: 'PASSWORD' })).reveal()).toBe('from env');
  expect((await read({ file: 'password.txt' })).reveal()).toBe('from file');
  expect((await read({ file: path.join(root, 'password.txt') })).reveal()).toBe('from file');
  expect((await read({ store: 'local', key: 'known' })).reveal()).toBe('from store');
});

test.each<[string, SecretReference, string, RegExp]>([
  ['an unset variable', { env: 'ABSENT' }, 'secrets/missing', /ABSENT is not set/],
  ['an empty variable', { env: 'NOTHING' }, 'secrets/missing', /NOTHING is empty/],
  ['an absent file', { file: 'absent.txt' }, 'secrets/missing', /absent\.txt does not exist/],
  ['an empty file', { file: 'empty.txt' }, 'secrets/missing', /empty\.txt is empty/],
  ['a directory', { file: '.' }, 'secrets/not-a-file', /is a directory/],
  ['an unknown key', { store: 'local', key: 'k' }, 'secrets/missing', /`local` has no key `k`/],
])('%s is a fault that names the reference', async (_, reference, code, message) => {
  await expect(read(reference)).rejects.toMatchObject({
    name: 'Fault',
    code,
    message: expect.stringMatching(message),
    remedy: expect.any(String),
  });
});
