import { describe, expect, test } from 'vitest';
import { changedLines, isText, linesOf } from './text-lines.ts';

const shown = (from: string, to: string) => changedLines(from, to).map(each => `${each.sign} ${each.text}`.trimEnd());

describe('a text that changes is told by the lines that do', () => {
  test('with two lines around them, and a gap where more stay', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const from = lines.join('\n');
    const to = lines.with(3, 'changed').toSpliced(15, 1).join('\n');
    expect(shown(from, to)).toEqual([
      ...['  line 1', '  line 2', '- line 3', '+ changed', '  line 4', '  line 5', '…'],
      ...['  line 13', '  line 14', '- line 15', '  line 16', '  line 17', '…'],
    ]);
  });

  test('of JSON whatever its layout and the order of its members', () => {
    const from = '{"name":"R","type":"record","fields":[{"type":"int","name":"a"}]}';
    const to = JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'a', type: 'long' }] }, null, 4);
    expect(shown(from, to)).toEqual([
      ...['    {', '      "name": "a",', '-       "type": "int"', '+       "type": "long"', '    }', '  ]', '…'].map(each =>
        /^[-…+]/.test(each) ? each : `  ${each}`,
      ),
    ]);
  });

  test('of thousands of lines soon', () => {
    const text = (word: string) => Array.from({ length: 30_000 }, (_, index) => `${word} ${index}`).join('\n');
    const started = performance.now();
    expect(changedLines(text('old'), text('new'))).toHaveLength(60_000);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

test('one line of JSON is laid out when it is long, everything short stays on its line', () => {
  const long = JSON.stringify({ type: 'record', name: 'R', doc: 'x'.repeat(100), fields: [] });
  expect([isText('604800000'), isText('"string"'), isText('{"type":"long"}'), isText(null), isText(long)]).toEqual([
    ...[false, false, false, false, true],
  ]);
  expect(linesOf(long)).toHaveLength(6);
});
