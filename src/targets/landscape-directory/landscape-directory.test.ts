import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { landscapeDirectory } from './index.ts';

function folder(...files: string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'kaas-landscape-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const file of files) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), 'apiVersion: kaas.dev/v1\n');
  }
  return root;
}

async function read(root: string) {
  const { texts, problems } = await landscapeDirectory(root).read();
  return {
    files: texts.map(each => each.file),
    problems: problems.map(({ code, scope, at }) => `${scope} ${code} ${at?.file}`),
  };
}

test('every document file is read, whatever the case of its ending, and one elsewhere is a problem', async () => {
  const root = folder(
    'kaas.yaml',
    'platform/a.yml',
    'tenants/shop/B.YAML',
    'tenants/shop/order.avsc',
    'docs/c.yaml',
    '.github/d.yaml',
  );
  expect(await read(root)).toEqual({
    files: ['kaas.yaml', 'platform/a.yml', 'tenants/shop/B.YAML'],
    problems: ['tenant landscape/stray-document docs/c.yaml'],
  });
});

test('a link is not followed, not even in place of a whole folder: nothing is planned then', async () => {
  const elsewhere = folder('shop/a.yaml');
  const root = folder('kaas.yaml', 'platform/b.yaml');
  symlinkSync(elsewhere, join(root, 'tenants'));
  symlinkSync(join(elsewhere, 'shop/a.yaml'), join(root, 'platform/c.yaml'));
  expect(await read(root)).toEqual({
    files: ['kaas.yaml', 'platform/b.yaml'],
    problems: ['landscape landscape/link platform/c.yaml', 'landscape landscape/link tenants'],
  });
});

test('what cannot be read is a problem of the whole landscape, never an absence, and nothing waits for it', async () => {
  const root = folder('kaas.yaml', 'platform/b.yaml', 'tenants');
  execFileSync('mkfifo', [join(root, 'platform/pipe.yaml'), join(root, 'pipe.yaml')]);
  expect(await read(root)).toEqual({
    files: ['kaas.yaml', 'platform/b.yaml'],
    problems: ['landscape landscape/unreadable platform/pipe.yaml', 'landscape landscape/unreadable tenants'],
  });
});

test.skipIf(process.getuid?.() === 0)('a folder that may not be listed is a problem of the whole landscape', async () => {
  const root = folder('kaas.yaml', 'tenants/shop/a.yaml');
  execFileSync('chmod', ['000', join(root, 'tenants/shop')]);
  onTestFinished(() => void execFileSync('chmod', ['700', join(root, 'tenants/shop')]));
  expect(await read(root)).toEqual({ files: ['kaas.yaml'], problems: ['landscape landscape/unreadable tenants/shop'] });
});

test('a file that a document refers to is read as it is; what is no plain text of its own folder is refused in words', async () => {
  const root = folder('tenants/shop/schemas/order.avsc', 'elsewhere/money.avsc');
  const at = (file: string) => join(root, 'tenants/shop', file);
  symlinkSync(join(root, 'elsewhere/money.avsc'), at('link.avsc'));
  symlinkSync(join(root, 'elsewhere/nothing.avsc'), at('dangling.avsc'));
  symlinkSync(join(root, 'elsewhere'), at('folder'));
  writeFileSync(at('large.avsc'), 'x'.repeat(1_048_577));
  writeFileSync(at('fits.avsc'), 'x'.repeat(1_048_576));
  writeFileSync(at('empty.avsc'), '');
  writeFileSync(at('binary.avsc'), Buffer.from([0xff, 0xfe, 0x00]));
  execFileSync('mkfifo', [at('pipe.avsc')]);
  const asked = {
    'schemas/order.avsc': 'apiVersion: kaas.dev/v1\n',
    'fits.avsc': 'x'.repeat(1_048_576),
    'empty.avsc': '',
    'missing.avsc': 'there is no such file',
    'missing/order.avsc': 'there is no such file',
    'schemas/order.avsc/x': 'there is no such file',
    'link.avsc': 'links are not followed',
    'dangling.avsc': 'links are not followed',
    'folder/money.avsc': 'links are not followed',
    schemas: 'it is no file',
    'pipe.avsc': 'it is no file',
    'large.avsc': 'it has 1048577 bytes, more than 1 MiB',
    'binary.avsc': 'it is not UTF-8 text',
  };
  const answers = await landscapeDirectory(root).readTexts(Object.keys(asked).map(file => `tenants/shop/${file}`));
  expect(answers.map(each => ('text' in each ? each.text : each.refused))).toEqual(Object.values(asked));
});
