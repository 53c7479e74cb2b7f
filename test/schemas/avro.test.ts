import { describe, expect, test } from 'vitest';
import { canonical, compatible, fieldsOf, namesDefined, parseSchema, rootName, type SchemaText } from '#schemas/index.ts';
import { schemaOf } from './pairs.ts';

const avro = (value: unknown, references: readonly SchemaText[] = []) => parseSchema('AVRO', JSON.stringify(value), references);
const reference = (name: string, value: unknown): SchemaText => ({ name, type: 'AVRO', text: JSON.stringify(value) });
const record = (name: string, fields: Record<string, unknown>) => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
});

describe('an Avro schema', () => {
  test('that is wrong is refused with the place in its text', () => {
    const text = '{\n  "type": "record", "name": "Order",\n  "fields": [\n    {"name": "id", "type": "strin"}\n  ]\n}';
    expect(parseSchema('AVRO', text)).toEqual({
      ok: false,
      message: 'the type `strin` is not defined, neither here nor in a reference',
      at: { line: 4, column: 5 },
    });
    expect(parseSchema('AVRO', '{\n  "type": "record",\n  "type": "enum"}')).toEqual({
      ok: false,
      message: 'the text is not JSON: the key `type` stands twice in one object',
      at: { line: 3, column: 3 },
    });
  });

  test.each([
    ['{"type": "record", "name": "R"', 'the end of the text'],
    ['{"type": "record", "name": "1R", "fields": []}', '`1R` is no Avro name'],
    ['{"type": "record", "name": "R"}', 'has no `fields`'],
    ['{"type": "record", "name": "R", "fields": [{"name": "a"}]}', 'has no `type`'],
    [
      '{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}, {"name": "a", "type": "int"}]}',
      'field `a` twice',
    ],
    [
      '{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": "x"}]}',
      'int is expected, there is "x"',
    ],
    ['{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": 2147483648}]}', 'int is expected'],
    [
      '{"type": "record", "name": "R", "fields": [{"name": "a", "type": ["null", "int"], "default": "x"}]}',
      'union<null, int> is expected',
    ],
    ['{"type": "enum", "name": "E", "symbols": ["A", "A"]}', 'symbol `A` twice'],
    ['{"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}', 'none of its symbols'],
    ['{"type": "fixed", "name": "F", "size": -1}', 'whole number'],
    ['["int", "int"]', 'branch `int` twice'],
    ['["int", ["string"]]', 'a union stands directly in a union'],
    ['{"type": "array"}', 'has no `items`'],
    ['[{"type": "fixed", "name": "F", "size": 1}, {"type": "fixed", "name": "F", "size": 2}]', 'defined twice'],
    ['{"type": "fixed", "name": "int", "size": 1}', 'name of a primitive type'],
    ['{"type": {"type": "string"}}', '`type` of a type is a name'],
    ['{"type": "array", "items": {"type": ["null", "int"]}}', '`type` of a type is a name'],
    ['{"type": "record", "name": "R", "aliases": ["a-b"], "fields": []}', 'the alias `a-b` of `R` is no Avro name'],
    ['7', 'a type is expected'],
    ['', 'a value is expected'],
  ])('%s is refused', (text, words) => {
    const parsed = parseSchema('AVRO', text);
    expect(parsed.ok ? '' : parsed.message).toContain(words);
  });

  test('takes named types from its references, whatever their order and namespace', () => {
    const references = [
      reference('shop.Order', { ...record('Order', { line: 'Line', money: 'base.Money' }), namespace: 'shop' }),
      reference('shop.Line', { ...record('Line', { price: 'base.Money' }), namespace: 'shop' }),
      reference('base.Money', { ...record('Money', { amount: 'long' }), namespace: 'base' }),
    ];
    const parsed = avro(record('shop.Basket', { orders: { type: 'array', items: 'Order' } }), references);
    if (!parsed.ok) throw new Error(parsed.message);
    expect(namesDefined(parsed.schema)).toEqual(['shop.Basket']);
    expect(rootName(parsed.schema)).toBe('shop.Basket');
    expect(fieldsOf(parsed.schema).map(each => each.path)).toEqual([
      'orders',
      'orders[].line',
      'orders[].line.price',
      'orders[].line.price.amount',
      'orders[].money',
      'orders[].money.amount',
    ]);
    expect(canonical(parsed.schema)).toContain('"items":"shop.Order"');
  });

  test('has one canonical form for every spelling of the same', () => {
    const spellings = [
      '{"type":"record","name":"a.R","fields":[{"name":"x","type":"int"}]}',
      '{ "namespace": "a", "name": "R", "type": "record",\n "fields": [ { "type": {"type": "int"}, "name": "x", "order": "ascending" } ] }',
    ];
    expect(new Set(spellings.map(each => canonical(schemaOf('AVRO', each)))).size).toBe(1);
    const documented = '{"type":"record","name":"a.R","doc":"one","fields":[{"name":"x","type":"int"}]}';
    expect(canonical(schemaOf('AVRO', documented))).not.toBe(canonical(schemaOf('AVRO', spellings[0] as string)));
    const [big, bigger] = ['9223372036854775806', '9223372036854775807'].map(value =>
      canonical(schemaOf('AVRO', `{"type":"record","name":"R","fields":[{"name":"x","type":"long","default":${value}}]}`)),
    );
    expect(big).not.toBe(bigger);
  });

  test('says in words whose reading breaks, and against which previous version', () => {
    const [one, two] = [
      schemaOf('AVRO', JSON.stringify(record('R', { a: 'int' }))),
      schemaOf('AVRO', JSON.stringify(record('R', { a: 'int', amount: 'long' }))),
    ];
    expect(compatible('BACKWARD', two, [one]).reasons).toEqual([
      {
        code: 'field-without-default',
        path: 'amount',
        message: 'field `amount` is new and has no default: readers with the new schema cannot read old records',
      },
    ]);
    expect(compatible('FORWARD', one, [two]).reasons[0]?.message).toBe(
      'field `amount` is gone, and the old schema has no default for it: readers with the old schema cannot read new records',
    );
    expect(compatible('BACKWARD', two, [one, two])).toEqual({ verdict: 'compatible', reasons: [] });
    expect(compatible('BACKWARD_TRANSITIVE', two, [one, two]).reasons[0]?.message).toMatch(/ \(previous schema 1 of 2\)$/);
    expect(compatible('NONE', two, [one])).toEqual({ verdict: 'compatible', reasons: [] });
    expect(compatible('FULL', two, [])).toEqual({ verdict: 'compatible', reasons: [] });
  });

  test('of hostile size or shape is answered at once', () => {
    const started = Date.now();
    expect(parseSchema('AVRO', `"${'x'.repeat(5_000_000)}"`)).toMatchObject({ ok: false });
    expect(parseSchema('AVRO', '['.repeat(500_000))).toMatchObject({ ok: false });
    expect(parseSchema('AVRO', '1'.repeat(1_000_000))).toMatchObject({ ok: false });
    expect(parseSchema('AVRO', `${' '.repeat(1_000_000)}x`)).toMatchObject({ ok: false });
    const cycle = Array.from({ length: 1_000 }, (_, index) =>
      reference(`R${index}`, record(`R${index}`, { next: `R${(index + 1) % 1_000}` })),
    );
    expect(avro(record('R', { a: 'R0' }), cycle)).toMatchObject({
      ok: false,
      message: expect.stringContaining('references form a cycle: R0 → R1 → R2 → …'),
    });
    const chain = Array.from({ length: 1_000 }, (_, index) =>
      reference(`R${index}`, record(`R${index}`, index === 999 ? {} : { next: `R${index + 1}`, other: `R${index + 1}` })),
    );
    const deep = [avro(record('R', { a: 'R0' }), chain), avro(record('R', { a: 'R0' }), chain)];
    for (const each of deep) expect(each).toMatchObject({ ok: true });
    if (deep[0]?.ok && deep[1]?.ok) {
      expect(compatible('FULL', deep[0].schema, [deep[1].schema]).verdict).toBe('uncertain');
      expect(fieldsOf(deep[0].schema).length).toBe(10_000);
    }
    const wide = (kind: string) =>
      schemaOf('AVRO', JSON.stringify(Array.from({ length: 3_000 }, (_, index) => record(`${kind}${index}`, { a: 'int' }))));
    expect(compatible('BACKWARD', wide('A'), [wide('B')]).verdict).not.toBe('compatible');
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  test('never reaches a prototype, whatever its keys are called', () => {
    const text =
      '{"type":"record","name":"constructor","__proto__":{"fields":[]},"fields":[{"name":"__proto__","type":"int"},{"name":"toString","type":"constructor"}]}';
    expect(canonical(schemaOf('AVRO', text))).toContain('__proto__');
    expect(compatible('FULL', schemaOf('AVRO', text), [schemaOf('AVRO', text)]).verdict).toBe('compatible');
  });
});
