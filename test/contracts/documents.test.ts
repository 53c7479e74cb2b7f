import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { isJsonObject, type Json } from '#model/json.ts';
import { type Path, positionOf } from '#model/position.ts';
import type { ParsedFile } from '#ports/documents.ts';
import { createDocuments } from '#targets/documents/index.ts';
import { parseText } from '#targets/documents/parse.ts';

const documents = createDocuments();
afterAll(() => documents[Symbol.asyncDispose]());
async function all(files: AsyncIterable<ParsedFile>): Promise<ParsedFile[]> {
  const found: ParsedFile[] = [];
  for await (const file of files) found.push(file);
  return found;
}
const parse = async (text: string) => {
  const [file] = await all(documents.parse([{ file: 'x.yaml', text }]));
  return file as NonNullable<typeof file>;
};

const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
  .split('')
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
  .join('\n')}\n`;

describe('a hostile file is refused with its place, in bounded time, and says nothing', () => {
  const cases: [string, string, string][] = [
    ['an alias bomb', bomb, 'documents/too-large'],
    ['ten thousand brackets', '['.repeat(10_000), 'documents/too-large'],
    ['ten thousand nested lists', `${'- '.repeat(10_000)}x`, 'documents/too-large'],
    ['a file of 5 MB', `a: ${'x'.repeat(5_000_000)}`, 'documents/too-large'],
    ['a key that stands twice', 'a: 1\nb: 2\na: 3\n', 'documents/duplicate-key'],
    ['a merge key', 'a: &a { x: 1 }\nb: { <<: *a }\n', 'documents/merge-key'],
    ['a custom tag', 'a: !!js/function "x"\n', 'documents/tag'],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'documents/syntax'],
    ['a quote that never ends', 'a: "b\n', 'documents/syntax'],
    ['a mapping as key', '? { a: 1 }\n: 2\n', 'documents/key-not-text'],
    ['__proto__', '__proto__: { polluted: true }\n', 'documents/unsafe-key'],
    ['a NUL byte', 'a: "\0"\n', 'documents/not-text'],
    ['a number that cannot be kept', 'a: 9007199254740993\n', 'documents/number-not-exact'],
    ['an older YAML, in which `yes` is no text', '%YAML 1.1\n---\na: yes\n', 'documents/version'],
    ['infinity', 'a: .inf\n', 'documents/number-not-exact'],
  ];
  test.each(cases)('%s', async (_name, text, code) => {
    const started = performance.now();
    const { problems, documents: found } = await parse(text);
    expect(problems.map(problem => problem.code)).toContain(code);
    expect(problems[0]?.at?.line).toBeGreaterThan(0);
    expect(found).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

test('what is no text is found where it stands', async () => {
  const { problems } = await parse('a: 1\nb: caf\uFFFD\n');
  expect(problems[0]?.at).toEqual({ file: 'x.yaml', line: 2, column: 7 });
});

test('one hostile file costs its neighbours nothing', async () => {
  const texts = ['a: 1\n', bomb, 'c: 3\n'].map((text, index) => ({ file: `${index}.yaml`, text }));
  const parsed = await all(documents.parse(texts));
  expect(parsed.map(file => file.documents.map(document => document.value))).toEqual([[{ a: 1 }], [], [{ c: 3 }]]);
});

test('many files, a hostile one among them, are all read and stand in their order', async () => {
  const filler = `# ${'x'.repeat(2_000)}\n`;
  const texts = Array.from({ length: 200 }, (_, index) => ({
    file: `${index}.yaml`,
    text: index === 120 ? bomb : `${filler}number: ${index}\n`,
  }));
  const started = performance.now();
  const parsed = await all(documents.parse(texts));
  expect(parsed.map(each => each.documents[0]?.value)).toEqual(
    texts.map((_, index) => (index === 120 ? undefined : { number: index })),
  );
  expect(performance.now() - started).toBeLessThan(8_000);
});

test('each file is given as soon as it is known, and one who is busy for longer than a file may take loses none', async () => {
  const large = Array.from({ length: 8_000 }, (_, index) => `key${index}: [${index}, "text"]\n`).join('');
  const texts = ['first: 1\n', large, 'last: 3\n'].map((text, index) => ({ file: `${index}.yaml`, text }));
  const found: number[] = [];
  for await (const { documents: parsed, problems } of documents.parse(texts)) {
    expect(problems).toEqual([]);
    found.push(Object.keys(parsed[0]?.value as object).length);
    await nextTurn();
    if (found.length === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_500);
  }
  expect(found).toEqual([1, 8_000, 1]);
});

test('whoever stops asking leaves nothing running behind', async () => {
  await using own = createDocuments();
  for await (const { file } of own.parse(Array.from({ length: 50 }, (_, index) => ({ file: `${index}.yaml`, text: 'a: 1\n' })))) {
    expect(file).toBe('0.yaml');
    break;
  }
  expect(await all(own.parse([{ file: 'x.yaml', text: 'a: 1\n' }]))).toHaveLength(1);
});

test('several documents, comments alone, BOM and CRLF are read as written', async () => {
  const { documents: found } = await parse(
    '\uFEFF# first\r\n---\r\na: 1\r\n---\r\n# nothing\r\n---\r\nb: [1, two, true, null]\r\n',
  );
  expect(found.map(document => document.value)).toEqual([{ a: 1 }, { b: [1, 'two', true, null] }]);
});

const paths = (value: Json, above: Path = []): Path[] => {
  const members: [string | number, Json][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  return members.flatMap(([key, member]) => [[...above, key], ...paths(member, [...above, key])]);
};

test('what any document says is read back, and every value is found where it stands', () => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', '-'), minLength: 1, maxLength: 4 });
  const leaf = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: fc.constantFrom('x', ' ', ':', '#', '"', '\n', 'é'), maxLength: 6 }),
  );
  const { tree } = fc.letrec<{ tree: Json }>(tie => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4 }), value => {
      const text = stringify(value, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
      const { documents: found, problems } = parseText({ file: 'x.yaml', text });
      expect(problems).toEqual([]);
      expect(found[0]?.value).toEqual(value);
      const lines = text.split('\n');
      for (const path of paths(value as Json)) {
        const { line, column } = positionOf(
          { file: 'x.yaml', value: value as Json, marks: found[0]?.marks ?? new Int32Array(0) },
          path,
        );
        const last = path.at(-1);
        const there = lines[line - 1]?.slice(column - 1) ?? '';
        if (typeof last === 'string') expect(there.replace(/^["']/, '').startsWith(last)).toBe(true);
        else expect(there.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});
