import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSealing } from '#targets/secrets/sealed/index.ts';
import { manifest, type TestLandscape, testLandscape } from './landscape.ts';

const program = join(import.meta.dirname, '../bin/kaas');
const vectors = join(import.meta.dirname, 'sealed');

function kaas(landscape: TestLandscape, args: string[], input = '') {
  const { status, stdout, stderr } = spawnSync(program, ['-C', landscape.directory, ...args], { input, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

const sealingOf = (landscape: TestLandscape) =>
  openSealing({ directory: join(landscape.directory, '.kaas'), now: () => new Date() });

/** A landscape whose platform made a key and published it. */
function published(): { landscape: TestLandscape; publish: (recipient: string) => void; recipient: string } {
  const landscape = testLandscape({ cluster: { connection: 'local' } });
  const made = kaas(landscape, ['secret', 'rotate-key']);
  expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^age1[a-z0-9]+\n$/)]);
  landscape.write('platform/sealing/controller.crt', readFileSync(join(vectors, 'controller.crt'), 'utf8'));
  landscape.write('.kaas/sealed-secrets.pem', readFileSync(join(vectors, 'controller.pem'), 'utf8'));
  const publish = (recipient: string) =>
    landscape.write(
      'kaas.yaml',
      manifest('Landscape', 'l', {
        environments: ['dev'],
        sealing: { recipients: [recipient], certificates: ['platform/sealing/controller.crt'] },
      }),
    );
  publish(made.stdout.trim());
  return { landscape, publish, recipient: made.stdout.trim() };
}

test('a value from standard input becomes a document that validates and that only its tenant can use', async () => {
  const { landscape } = published();
  expect(statSync(join(landscape.directory, '.kaas/age-identity.txt')).mode & 0o777).toBe(0o600);
  const sealed = kaas(
    landscape,
    ['secret', 'seal', '--tenant', 'shop', '--name', 'db', '--key', 'shop/orders/db'],
    'value-on-stdin\n',
  );
  expect([sealed.code, sealed.stderr]).toEqual([0, '']);
  landscape.write('tenants/shop/db.yaml', sealed.stdout);
  expect(kaas(landscape, ['validate']).stdout).toContain('No problems');
  const armour = /-----BEGIN[\s\S]+-----END AGE ENCRYPTED FILE-----/.exec(sealed.stdout.replace(/^ +/gm, ''))?.[0] as string;
  const opened = await sealingOf(landscape).open(armour, 'shop');
  expect(opened.get('')?.reveal()).toBe('value-on-stdin');
  await expect(sealingOf(landscape).open(armour, 'fraud')).rejects.toMatchObject({ code: 'sealing/foreign-tenant' });
});

test('a value from a file becomes a SOPS file or a SealedSecret, and JSON for programs', async () => {
  const { landscape } = published();
  const aside = mkdtempSync(join(tmpdir(), 'kaas-value-'));
  onTestFinished(() => rmSync(aside, { recursive: true }));
  writeFileSync(join(aside, 'v'), 'value-in-file');
  for (const format of ['sops', 'sealed-secret']) {
    const args = ['--tenant', 'shop', '--name', 'db', '--format', format, '--entry', 'password', '--from-file', join(aside, 'v')];
    const { code, stdout } = kaas(landscape, ['secret', 'seal', ...args]);
    expect(code).toBe(0);
    expect((await sealingOf(landscape).open(stdout, 'shop')).get('password')?.reveal()).toBe('value-in-file');
  }
  const { stdout } = kaas(landscape, ['secret', 'seal', '--tenant', 'shop', '--name', 'db', '-o', 'json'], 'x');
  expect(JSON.parse(stdout)).toEqual({
    schemaVersion: 1,
    action: 'seal',
    format: 'age',
    sealed: expect.stringContaining('-----BEGIN AGE'),
    document: expect.stringContaining('kind: Secret'),
  });
});

test.each<[string, string[], string, number, RegExp]>([
  ['nothing to seal', ['seal', '--name', 'db'], '', 64, /empty/],
  ['no name', ['seal'], 'x', 64, /--name/],
  ['a tenant that is not there', ['seal', '--tenant', 'shpo', '--name', 'db'], 'x', 64, /shop/],
  ['a value as an argument', ['seal', 'hunter2-as-argument', '--name', 'db'], 'x', 64, /takes no further words/],
  ['another action', ['unseal'], '', 64, /seal, rotate-key and reseal/],
  ['a value of a megabyte', ['seal', '--name', 'db'], 'x'.repeat(1_000_000), 1, /256 KiB/],
])('%s is said', (_what, args, input, code, says) => {
  const { landscape } = published();
  const result = kaas(landscape, ['secret', ...args], input);
  expect([result.code, result.stderr]).toEqual([code, expect.stringMatching(says)]);
  expect(result.stdout + result.stderr).not.toContain('hunter2');
});

test('a name of an entry that a tool would take for something else is refused, and no value is lost under it', () => {
  const { landscape } = published();
  const sealed = (format: string, entry: string) =>
    kaas(landscape, ['secret', 'seal', '--tenant', 'shop', '--name', 'db', '--format', format, '--entry', entry], 'canary');
  for (const [format, entry] of [
    ['sops', 'sops'],
    ['sops', 'note_unencrypted'],
    ['sops', '../x'],
    ['sealed-secret', 'a b'],
  ] as const)
    expect(sealed(format, entry)).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('--entry') });
  expect(sealed('sealed-secret', 'sops').code).toBe(0);
});

test('the private key is hidden from Git where nobody wrote what Git shall ignore', () => {
  const { landscape } = published();
  execFileSync('git', ['init', '-q', landscape.directory]);
  execFileSync('git', ['add', '-A'], { cwd: landscape.directory });
  const added = execFileSync('git', ['ls-files'], { cwd: landscape.directory, encoding: 'utf8' });
  expect(added).toContain('kaas.yaml');
  expect(added).not.toContain('.kaas/');
});

test('without a published key nothing is sealed', () => {
  const result = kaas(testLandscape(), ['secret', 'seal', '--tenant', 'shop', '--name', 'db'], 'x');
  expect([result.code, result.stdout]).toEqual([1, '']);
  expect(result.stderr).toMatch(/sealing\/no-recipient.*\n.*rotate-key/);
});

test('after a rotation everything in the working tree is sealed anew, for the new key alone, and only that changes', async () => {
  const { landscape, publish } = published();
  const seal = (...args: string[]) =>
    kaas(landscape, ['secret', 'seal', '--tenant', 'shop', ...args], 'kept-through-rotation').stdout;
  const document = `# why we have it\n${seal('--name', 'db')}---\n${manifest('Secret', 'json', { sealed: seal('--name', 'j', '--bare') }).slice(4)}`;
  landscape.write('tenants/shop/db.yaml', document);
  landscape.write(
    'tenants/shop/f.yaml',
    manifest('Secret', 'f', { file: 'f.sops.yaml' }) + manifest('Secret', 'k', { file: 'k.sealed.yaml' }),
  );
  landscape.write('tenants/shop/f.sops.yaml', seal('--name', 'f', '--format', 'sops'));
  landscape.write('tenants/shop/k.sealed.yaml', seal('--name', 'k', '--format', 'sealed-secret'));
  const old = readFileSync(join(landscape.directory, '.kaas/age-identity.txt'), 'utf8');
  publish(kaas(landscape, ['secret', 'rotate-key']).stdout.trim());
  expect(readFileSync(join(landscape.directory, '.kaas/age-identity.txt'), 'utf8').endsWith(old)).toBe(true);

  const resealed = kaas(landscape, ['secret', 'reseal', '-o', 'json']);
  const files = ['tenants/shop/db.yaml', 'tenants/shop/f.sops.yaml', 'tenants/shop/k.sealed.yaml'];
  expect(JSON.parse(resealed.stdout)).toEqual({ schemaVersion: 1, action: 'reseal', files, failed: [] });
  expect(kaas(landscape, ['validate']).stdout).toContain('No problems');
  const read = (file: string) => readFileSync(join(landscape.directory, file), 'utf8');
  expect(
    read('tenants/shop/db.yaml')
      .replace(/^ +[A-Za-z0-9+/=]+$/gm, '')
      .replace(/FILE-----.*$/gm, ''),
  ).toBe(document.replace(/^ +[A-Za-z0-9+/=]+$/gm, '').replace(/FILE-----.*$/gm, ''));
  const newest = read('.kaas/age-identity.txt').slice(0, -old.length);
  landscape.write('.kaas/age-identity.txt', newest);
  const armours = read('tenants/shop/db.yaml')
    .replaceAll('\\n', '\n')
    .replace(/^ +/gm, '')
    .match(/-----BEGIN[^"]+?END AGE ENCRYPTED FILE-----/g);
  const opened = await Promise.all(
    [...(armours ?? []), read('tenants/shop/f.sops.yaml'), read('tenants/shop/k.sealed.yaml')].map(text =>
      sealingOf(landscape).open(text, 'shop'),
    ),
  );
  expect(opened.flatMap(each => [...each.values()].map(value => value.reveal()))).toEqual(
    new Array(4).fill('kept-through-rotation'),
  );
  landscape.write('.kaas/age-identity.txt', old);
  const blind = kaas(landscape, ['secret', 'reseal']);
  expect([blind.code, blind.stderr]).toEqual([1, expect.stringContaining('tenants/shop/db.yaml: It is sealed to other keys')]);
});

test.skipIf(spawnSync('sh', ['-c', 'command -v age']).status !== 0)(
  'what a person seals with age itself needs nothing of ours',
  async () => {
    const { landscape, recipient } = published();
    const armour = execFileSync('age', ['--armor', '--recipient', recipient], { input: 'by-hand' }).toString();
    landscape.write('tenants/shop/db.yaml', manifest('Secret', 'db', { sealed: armour }));
    expect(kaas(landscape, ['validate']).stdout).toContain('No problems');
    expect((await sealingOf(landscape).open(armour, 'shop')).get('')?.reveal()).toBe('by-hand');
  },
);
