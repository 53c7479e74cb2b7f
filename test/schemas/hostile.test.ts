import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { manifest, type TestLandscape, testLandscape } from '../landscape.ts';

const launcher = join(import.meta.dirname, '../../bin/kaas');

const referring = (name: string, to: string | undefined) =>
  manifest('Schema', `shop.${name}`, {
    type: 'AVRO',
    definition: {
      type: 'record',
      name,
      fields: to === undefined ? [] : [{ name: 'next', type: ['null', to], default: null }],
    },
    ...(to === undefined ? {} : { references: [{ name: to, schema: `shop.${to}` }] }),
  });
const file = (path: string) => manifest('Schema', 'shop.orders-value', { type: 'AVRO', file: path });
const many = Array.from({ length: 1_000 }, (_, index) => `R${index}`);
const record = '{"type":"record","name":"R","fields":[]}';

/** What each puts into the tenant's folder, and the problems that it must be. */
const inputs: readonly (readonly [name: string, codes: readonly string[], write: (landscape: TestLandscape) => void])[] = [
  [
    'a schema file of 5 MB',
    ['load/file-unread'],
    landscape => {
      const field = (index: number) => ({ name: `f${index}`, type: 'string' });
      const fields = Array.from({ length: 150_000 }, (_, index) => field(index));
      landscape.write('tenants/shop/large.avsc', JSON.stringify({ type: 'record', name: 'R', fields }));
      landscape.write('tenants/shop/a.yaml', file('large.avsc'));
    },
  ],
  [
    '1,000 schemas in a circle of references',
    ['schema/too-many-references'],
    landscape =>
      landscape.write('tenants/shop/a.yaml', many.map((name, index) => referring(name, many[(index + 1) % 1_000])).join('')),
  ],
  [
    'a chain of 1,000 references',
    ['schema/too-many-references'],
    landscape => landscape.write('tenants/shop/a.yaml', many.map((name, index) => referring(name, many[index + 1])).join('')),
  ],
  ['a schema that refers to itself', ['schema/cycle'], ({ write }) => write('tenants/shop/a.yaml', referring('R', 'R'))],
  [
    'a path out of the landscape',
    ['load/file-outside'],
    ({ write }) => write('tenants/shop/a.yaml', file('../../../etc/passwd')),
  ],
  ['an absolute path', ['load/file-outside'], ({ write }) => write('tenants/shop/a.yaml', file('/etc/passwd'))],
  [
    "a path into another tenant's folder",
    ['load/file-outside'],
    ({ write }) => {
      write('tenants/other/r.avsc', record);
      write('tenants/shop/a.yaml', file('../other/r.avsc'));
    },
  ],
  ['a path with a zero byte', ['load/file-outside'], ({ write }) => write('tenants/shop/a.yaml', file('r\u0000.avsc'))],
  [
    'a link to a file outside',
    ['load/file-unread', 'landscape/link'],
    ({ directory, write }) => {
      write('tenants/shop/a.yaml', file('r.avsc'));
      symlinkSync('/etc/passwd', join(directory, 'tenants/shop/r.avsc'));
    },
  ],
  [
    'a file behind a folder that is a link',
    ['load/file-unread', 'landscape/link'],
    ({ directory, write }) => {
      write('elsewhere/r.avsc', record);
      write('tenants/shop/a.yaml', file('in/r.avsc'));
      symlinkSync(join(directory, 'elsewhere'), join(directory, 'tenants/shop/in'));
    },
  ],
  [
    'a folder instead of a file',
    ['load/file-unread'],
    ({ directory, write }) => {
      write('tenants/shop/a.yaml', file('r.avsc'));
      mkdirSync(join(directory, 'tenants/shop/r.avsc'));
    },
  ],
  [
    'a binary',
    ['load/file-unread'],
    ({ directory, write }) => {
      write('tenants/shop/a.yaml', file('r.avsc'));
      writeFileSync(
        join(directory, 'tenants/shop/r.avsc'),
        Buffer.from(Array.from({ length: 4_096 }, (_, index) => index % 256)),
      );
    },
  ],
  [
    'a text nested 40,000 deep',
    ['schema/invalid'],
    ({ write }) => {
      write('tenants/shop/a.yaml', file('r.avsc'));
      write('tenants/shop/r.avsc', '{"type":"array","items":'.repeat(40_000) + '"int"' + '}'.repeat(40_000));
    },
  ],
];

/** Two seconds of the processor, the start of the program included, are all that it gets: time on a wall says little where tests run side by side. */
const limited = 'ulimit -t 2; exec "$0" "$@"';

const validated = ({ directory }: TestLandscape) =>
  new Promise<{ code: number; problems: { code: string; at?: { file: string } }[] }>((resolve, reject) =>
    execFile(
      'sh',
      ['-c', limited, launcher, '-C', directory, 'validate', '-o', 'json'],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout) => {
        if (stdout === '') reject(error);
        else resolve({ code: Number(error?.code ?? 0), problems: JSON.parse(stdout).problems });
      },
    ),
  );

describe('hostile schemas are refused at once', { timeout: 120_000 }, () => {
  test.each(inputs)('%s', async (_, codes, write) => {
    const landscape = testLandscape({ cluster: { connection: 'local' } });
    write(landscape);
    const { code, problems } = await validated(landscape);
    expect(code).toBe(1);
    expect(new Set(problems.map(each => each.code))).toEqual(new Set(codes));
    expect(problems[0]?.at?.file).toMatch(/^tenants\/shop\//);
  });
});
