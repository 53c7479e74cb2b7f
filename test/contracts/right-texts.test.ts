import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { afterAll, expect, test } from 'vitest';
import type { RightTexts } from '#ports/right-texts.ts';
import { createDocuments } from '#targets/documents/index.ts';
import { openRightTexts } from '#targets/documents/right-texts.ts';
import { checkTexts, shop, yaml } from '#test/offline.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaas-right-texts-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'cache/right-texts');

function inOneRun<Result>(build: string, work: (texts: RightTexts) => Result): Result {
  using texts = openRightTexts(file, build);
  return work(texts);
}

test('what one run found right, the next need not check; the file holds digests alone, for its owner', () => {
  expect(inOneRun('one', texts => texts.has('schema', ['a', 'b']))).toBe(false);
  inOneRun('one', texts => texts.add('schema', ['some text', 'b']));
  expect(inOneRun('one', texts => texts.has('schema', ['some text', 'b']))).toBe(true);
  expect(readFileSync(file, 'utf8')).not.toContain('some text');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('neither another check, nor other parts, nor another build is the same', () => {
  inOneRun('one', texts => texts.add('schema', ['ab', 'c']));
  const known = (build: string, what: string, parts: string[]) => inOneRun(build, texts => texts.has(what, parts));
  expect([known('one', 'secrets', ['ab', 'c']), known('one', 'schema', ['a', 'bc']), known('one', 'schema', ['ab'])]).toEqual([
    false,
    false,
    false,
  ]);
  expect(known('two', 'schema', ['ab', 'c'])).toBe(false);
});

test('a damaged file counts as empty', () => {
  writeFileSync(file, Buffer.from([0xff, 0xfe, 0x00]));
  expect(inOneRun('one', texts => texts.has('schema', ['ab', 'c']))).toBe(false);
});

test('where the file cannot be written the run ends well, and leaves nothing half', () => {
  const taken = join(folder, 'taken');
  mkdirSync(join(taken, 'right-texts'), { recursive: true });
  for (const unwritable of [join(taken, 'right-texts'), join(file, 'below-a-file')]) {
    using texts = openRightTexts(unwritable, 'one');
    texts.add('schema', ['a']);
  }
  expect(readdirSync(taken)).toEqual(['right-texts']);
});

test('a cache that came out of Git, as anybody may write it, counts as empty: of texts that are right, and of parsed documents', async () => {
  inOneRun('one', texts => texts.add('schema', ['x']));
  chmodSync(file, 0o644);
  expect(inOneRun('one', texts => texts.has('schema', ['x']))).toBe(false);
  const cacheFile = join(folder, 'cache/documents');
  const parsedOf = async (text: string) => {
    await using documents = createDocuments({ cacheFile });
    for await (const { documents: found } of documents.parse([{ file: 'a.yaml', text }])) return found[0]?.value;
  };
  expect(await parsedOf('harmless: 1\n')).toEqual({ harmless: 1 });
  // What somebody else would put there: another document under the digest of a harmless text.
  const [version, known] = deserialize(readFileSync(cacheFile)) as [string, Map<string, { value: object }[]>];
  for (const documents of known.values()) for (const each of documents) each.value = { hostile: 1 };
  writeFileSync(cacheFile, serialize([version, known]));
  expect(await parsedOf('harmless: 1\n')).toEqual({ hostile: 1 });
  chmodSync(cacheFile, 0o644);
  expect(await parsedOf('harmless: 1\n')).toEqual({ harmless: 1 });
});

test('a text that is wrong is never remembered, one that is right is not looked at again', async () => {
  const remembered: string[] = [];
  const rightTexts: RightTexts = {
    has: (what, texts) => remembered.includes(JSON.stringify([what, texts])),
    add: (what, texts) => void remembered.push(JSON.stringify([what, texts])),
  };
  const landscape = (text: string) => ({
    ...shop,
    'tenants/shop/orders.yaml': yaml('Schema', 'shop.orders-value', '{ type: AVRO, file: orders.avsc }'),
    'tenants/shop/orders.avsc': text,
  });
  const codes = async (text: string) =>
    (await checkTexts(landscape(text), undefined, { rightTexts })).problems.map(problem => problem.code);
  expect(await codes('{"type":"strnig"}')).toEqual(['schema/invalid']);
  expect(remembered).toEqual([]);
  expect(await codes('"string"')).toEqual([]);
  expect(remembered).toEqual([JSON.stringify(['schema AVRO', ['"string"']])]);
  remembered.push(JSON.stringify(['schema AVRO', ['{"type":"strnig"}']]));
  expect(await codes('{"type":"strnig"}')).toEqual([]);
});
