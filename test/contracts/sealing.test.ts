import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import type { Opened, Recipients, SealedFormat } from '#ports/sealing.ts';
import { openSealing } from '#targets/secrets/sealed/index.ts';

/** Made once by age 1.2.1, sops 3.13.3 and kubeseal 0.40.0 themselves, for the keys beside them. */
const vectors = join(import.meta.dirname, '../sealed');
const vector = (name: string): string => readFileSync(join(vectors, name), 'utf8');
const now = () => new Date('2026-06-30T12:00:00Z');
const sealing = openSealing({
  directory: '/nowhere',
  identityFile: join(vectors, 'identity.txt'),
  controllerKeyFile: join(vectors, 'controller.pem'),
  now,
});
const recipient = await identityToRecipient(/AGE-SECRET-KEY-\S+/.exec(vector('identity.txt'))?.[0] as string);
const to: Recipients = { age: [recipient], certificates: [vector('controller.crt')] };
const told = (opened: Opened) => Object.fromEntries([...opened].map(([name, value]) => [name, value.reveal()]));
const faultOf = async (work: Promise<unknown>): Promise<{ code: string; message: string; remedy?: string }> =>
  work.then(
    () => ({ code: 'none', message: '' }),
    error => error,
  );

describe('what the tools themselves sealed is opened', () => {
  test('an armour of age', async () => {
    expect(told(await sealing.open(vector('value.age'), 'shop'))).toEqual({ '': 'opened-by-age' });
  });

  test('a SOPS file in YAML: every encrypted value by its path, numbers, lists, comments and many lines included', async () => {
    expect(told(await sealing.open(vector('values.sops.yaml'), 'shop'))).toEqual({
      'database.user': 'orders',
      'database.password': 'opened-by-sops',
      'database.port': '5432',
      'database.ratio': '0.25',
      'database.tls': 'true',
      'hosts.0': 'a.example',
      'hosts.1.name': 'b.example',
      'hosts.1.token': 'second token',
      '1': 'text under a number',
      multi: 'line one\nline two\n',
    });
  });

  test('a SOPS file in JSON, whose keys keep their order also where they look like numbers', async () => {
    expect(told(await sealing.open(vector('values.sops.json'), 'shop'))).toMatchObject({
      '1': 'one',
      '2': 'two',
      'database.password': 'opened-by-sops',
      'list.1': 'x',
    });
  });

  test.each(['partial.sops.yaml', 'mac-only.sops.yaml'])('%s: what stands there in clear is no secret', async name => {
    expect(told(await sealing.open(vector(name), 'shop'))).toEqual({ password: 'opened-by-sops' });
  });

  test('a SOPS file with comments between the items of a list, and numbers and dates in clear', async () => {
    const values = { password: 'opened-by-sops', 'hosts.0': 'a.example', 'hosts.1': 'b.example' };
    expect(told(await sealing.open(vector('shapes.sops.yaml'), 'shop'))).toEqual(values);
  });

  test.each([
    ['several.sops.yaml', () => vector('several.sops.yaml')],
    ['SealedSecrets one after the other', () => `${vector('strict.sealed.yaml')}---\n${vector('cluster-wide.sealed.yaml')}`],
  ])('of several documents in a file none is passed over in silence: %s', async (_name, text) => {
    await expect(sealing.open(text(), 'shop')).rejects.toMatchObject({
      code: 'sealing/unsupported',
      message: 'The file holds several documents.',
    });
  });

  test('marks of documents around the only one change nothing', async () => {
    expect(told(await sealing.open(`---\n${vector('strict.sealed.yaml')}---\n`, 'shop'))).toMatchObject({ username: 'orders' });
  });

  test.each(['strict.sealed.yaml', 'namespace-wide.sealed.json', 'cluster-wide.sealed.yaml'])('%s', async name => {
    expect(told(await sealing.open(vector(name), 'shop'))).toEqual({ username: 'orders', password: 'opened-by-kubeseal' });
  });
});

describe('what we seal is opened by us and by the tools themselves', () => {
  const values = new Map([['password', new Redacted('sealed-by-kaas: "quoted" and\nof two lines ü')]]);
  const sealed = (format: SealedFormat) => sealing.seal(values, { format, to, tenant: 'shop', name: 'db' });

  test.each(['age', 'sops', 'sealed-secret'] as const)('%s', async format => {
    const text = await sealed(format);
    expect(Object.values(told(await sealing.open(text, 'shop')))).toEqual([values.get('password')?.reveal()]);
    expect(text).not.toContain('quoted');
    const resealed = await sealing.reseal(text, to);
    expect(resealed).not.toBe(text);
    expect(told(await sealing.open(resealed, 'shop'))).toEqual(told(await sealing.open(text, 'shop')));
  });

  const has = (tool: string) => {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`]);
      return true;
    } catch {
      return false;
    }
  };
  const aside = (text: string, name: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'kaas-sealing-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const keyFile = join(vectors, 'identity.txt');

  test.skipIf(!has('age'))('by age, which shows for whom it was sealed', async () => {
    const clear = execFileSync('age', ['--decrypt', '--identity', keyFile, aside(await sealed('age'), 'value.age')]).toString();
    expect(clear).toBe(`kaas.dev/sealed-for: shop\n${values.get('password')?.reveal()}`);
  });

  test.skipIf(!has('sops'))('by sops, also after recipients were changed in YAML and in JSON', async () => {
    const decrypt = (text: string, name: string) =>
      execFileSync('sops', ['decrypt', '--output-type', 'json', aside(text, name)], {
        env: { ...process.env, SOPS_AGE_KEY_FILE: keyFile },
      }).toString();
    expect(JSON.parse(decrypt(await sealed('sops'), 'a.yaml'))).toEqual({ password: values.get('password')?.reveal() });
    for (const name of ['values.sops.yaml', 'values.sops.json', 'partial.sops.yaml'])
      expect(decrypt(await sealing.reseal(vector(name), to), name)).toBe(decrypt(vector(name), name));
  });

  test.skipIf(!has('kubeseal'))(
    'by kubeseal with the key of the controller, also after the certificate was changed',
    async () => {
      const unseal = (text: string) =>
        JSON.parse(
          execFileSync('kubeseal', ['--recovery-unseal', '--recovery-private-key', join(vectors, 'controller.pem')], {
            input: text,
          }).toString(),
        ).data;
      const inBase64 = (text: string) => Buffer.from(text).toString('base64');
      expect(unseal(await sealed('sealed-secret'))).toEqual({ password: inBase64(values.get('password')?.reveal() as string) });
      for (const name of ['strict.sealed.yaml', 'namespace-wide.sealed.json'])
        expect(unseal(await sealing.reseal(vector(name), to))).toEqual({
          username: inBase64('orders'),
          password: inBase64('opened-by-kubeseal'),
        });
    },
  );

  test('resealing a file changes the recipients and leaves every other byte', async () => {
    const rest = (text: string) => text.replace(/^ {4}age:[\s\S]*?(?=^ {4}lastmodified)/m, '');
    const after = await sealing.reseal(vector('values.sops.yaml'), to);
    expect(after).not.toBe(vector('values.sops.yaml'));
    expect(rest(after)).toBe(rest(vector('values.sops.yaml')));
  });
});

describe('what is broken or sealed to others is a fault without contents', () => {
  const flip = (text: string, at: RegExp): string =>
    text.replace(at, found => found.replace(/.$/, last => (last === 'A' ? 'B' : 'A')));
  test.each([
    ['an age armour that was cut off', 'sealing/broken', vector('value.age').slice(0, -60)],
    ['an age armour with a changed byte', 'sealing/broken', vector('value.age').replace(/.(?=\n-----END)/, 'A')],
    ['a SOPS value that was changed', 'sealing/broken', flip(vector('values.sops.yaml'), /password: ENC\[AES256_GCM,data:../)],
    [
      'SOPS values that changed places',
      'sealing/broken',
      vector('values.sops.yaml').replace('user:', 'x:').replace('password:', 'user:').replace('x:', 'password:'),
    ],
    ['a clear value of a SOPS file that was changed', 'sealing/broken', vector('partial.sops.yaml').replace('orders', 'other')],
    ['a SOPS value that was taken out', 'sealing/broken', vector('values.sops.yaml').replace(/ {4}user: .*\n/, '')],
    ['a SOPS file without its code', 'sealing/broken', vector('values.sops.yaml').replace(/^ +mac: .*\n/m, '')],
    ['a SOPS file that is no YAML', 'sealing/broken', `${vector('values.sops.yaml')}\n\t: ][`],
    ['a SOPS file without age', 'sealing/unsupported', 'a: ENC[AES256_GCM,data:A,iv:A,tag:A,type:str]\nsops:\n  pgp: []\n'],
    ['a SOPS file with aliases', 'sealing/unsupported', `z: &a 1\ny: *a\n${vector('values.sops.yaml')}`],
    [
      'a deep SOPS file',
      'sealing/broken',
      vector('values.sops.yaml').replace(/^database:/m, `x: ${'['.repeat(500)}${']'.repeat(500)}\ndatabase:`),
    ],
    ['a SOPS file that is nothing but brackets', 'sealing/broken', `sops:\n  a: ${'['.repeat(400_000)}`],
    ['a SOPS file that is nothing but dashes', 'sealing/broken', `sops:\n  a:\n  ${'- '.repeat(200_000)}`],
    ['a SOPS file that is nothing but keys', 'sealing/broken', `sops:\n${'  a:\n'.repeat(100_000)}`],
    [
      'a SealedSecret with a changed value',
      'sealing/broken',
      vector('strict.sealed.yaml')
        .replace(/.{8}$/m, 'AAAAAAA=')
        .replace(/(password: .*).{5}\n/, '$1AAAA=\n'),
    ],
    [
      'a SealedSecret for another namespace',
      'sealing/foreign-key',
      vector('strict.sealed.yaml').replaceAll('namespace: shop', 'namespace: fraud'),
    ],
    [
      'a SealedSecret under another name',
      'sealing/foreign-key',
      vector('strict.sealed.yaml').replaceAll('name: db', 'name: other'),
    ],
    ['a SealedSecret without values', 'sealing/unsupported', 'kind: SealedSecret\nspec: {}\n'],
    ['a text that nobody sealed', 'sealing/broken', 'password: hunter2\n'],
    ['a text of two megabytes', 'sealing/broken', `sops:\n  a: ${'x'.repeat(2_000_000)}`],
  ])('%s: %s', async (_what, code, text) => {
    const started = Date.now();
    const fault = await faultOf(sealing.open(text, 'shop'));
    expect([fault.code, Date.now() - started < 2_000]).toEqual([code, true]);
    expect(fault.remedy).toEqual(expect.any(String));
    expect(`${fault.message}${fault.remedy}`).not.toMatch(/opened-by|orders|hunter2/);
  });

  test('sealed to other keys than ours', async () => {
    const stranger = { age: [await identityToRecipient(await generateIdentity())], certificates: [] };
    for (const name of ['value.age', 'values.sops.yaml']) {
      const theirs = await sealing.reseal(vector(name), stranger);
      expect((await faultOf(sealing.open(theirs, 'shop'))).code).toBe('sealing/foreign-key');
    }
  });

  test('what was sealed for one tenant is opened for no other', async () => {
    const order = { format: 'age', to, tenant: 'shop', name: 'db' } as const;
    const text = await sealing.seal(new Map([['', new Redacted('only-for-shop')]]), order);
    expect((await faultOf(sealing.open(text, 'fraud'))).code).toBe('sealing/foreign-tenant');
    expect((await faultOf(sealing.open(await sealing.reseal(text, to), null))).code).toBe('sealing/foreign-tenant');
  });

  test('nobody to seal to, and somebody who cannot be', async () => {
    const seal = (recipients: Recipients, format: SealedFormat) =>
      faultOf(sealing.seal(new Map([['', new Redacted('x')]]), { format, to: recipients, tenant: 'shop', name: 'db' }));
    const nobody = { age: [], certificates: [] };
    expect((await seal(nobody, 'age')).code).toBe('sealing/no-recipient');
    expect((await seal(nobody, 'sealed-secret')).code).toBe('sealing/no-recipient');
    expect((await seal({ age: ['age1nonsense'], certificates: [] }, 'age')).code).toBe('sealing/bad-recipient');
    expect((await seal({ age: [], certificates: ['nonsense'] }, 'sealed-secret')).code).toBe('sealing/bad-certificate');
  });
});

test('a new key comes first, the old ones still open, and digests outlive the rotation', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-keys-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  cpSync(join(vectors, 'identity.txt'), join(directory, 'age-identity.txt'));
  const before = await openSealing({ directory, now }).digest('local/a', new Redacted('x'));
  const made = await openSealing({ directory, now }).makeKey();
  expect(made).toMatch(/^age1/);
  expect(made).not.toBe(recipient);
  const rotated = openSealing({ directory, now });
  expect(told(await rotated.open(vector('value.age'), 'shop'))).toEqual({ '': 'opened-by-age' });
  expect(told(await rotated.open(await rotated.reseal(vector('value.age'), { age: [made], certificates: [] }), 'shop'))).toEqual({
    '': 'opened-by-age',
  });
  expect(await rotated.digest('local/a', new Redacted('x'))).toBe(before);
  expect(await rotated.digest('local/b', new Redacted('x'))).not.toBe(before);
});
