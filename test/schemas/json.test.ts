import { describe, expect, test } from 'vitest';
import { canonical, compatible, fieldsOf, namesDefined, parseSchema, rootName, type SchemaText } from '#schemas/index.ts';
import { schemaOf } from './pairs.ts';

const json = (value: unknown, references: readonly SchemaText[] = []) => parseSchema('JSON', JSON.stringify(value), references);
const reference = (name: string, value: unknown): SchemaText => ({ name, type: 'JSON', text: JSON.stringify(value) });

describe('a JSON Schema', () => {
  test.each([
    ['[]', 'is an object, or true or false'],
    ['{"type": "strin"}', '`type` is "strin"'],
    ['{"properties": {"a": {"minLength": -1}}}', '`minLength` is no whole number'],
    ['{"required": [1]}', 'not a list of names'],
    ['{"allOf": []}', 'not a list of schemas'],
    ['{"multipleOf": 0}', 'no number above 0'],
    ['{"$ref": "#/definitions/a"}', 'leads nowhere'],
    ['{"$ref": "other.json"}', 'leads nowhere'],
    ['{"properties": {"a": 1}}', 'does not map names to schemas'],
    ['{"a": 1,}', 'a key is expected'],
  ])('%s is refused', (text, words) => {
    expect(parseSchema('JSON', text)).toMatchObject({ ok: false, message: expect.stringContaining(words) });
  });

  test('that is wrong is refused with the place in its text', () => {
    expect(parseSchema('JSON', '{\n "properties": {\n  "a": {"type": "strin"}}}')).toMatchObject({ at: { line: 3, column: 8 } });
  });

  test('that is a bundle finds each part by its own $id, and within a part what stands there', () => {
    const bundle = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://shop.example/schemas/order',
      $defs: {
        size: { type: 'boolean' },
        parcel: {
          $id: 'parts/parcel',
          $anchor: 'parcel',
          $defs: { size: { $anchor: 'size', type: 'integer' } },
          properties: { size: { $ref: '#/$defs/size' }, again: { $ref: '#size' }, label: { $ref: 'label' } },
        },
        label: { $id: 'https://shop.example/schemas/parts/label', type: 'string' },
      },
      properties: {
        parcel: { $ref: 'parts/parcel' },
        size: { $ref: 'https://shop.example/schemas/parts/parcel#size' },
        other: { $ref: 'parts/parcel#/$defs/size' },
        own: { $ref: '#/$defs/size' },
      },
    };
    const parsed = schemaOf('JSON', JSON.stringify(bundle));
    expect(Object.fromEntries(fieldsOf(parsed).map(each => [each.path, each.type]))).toMatchObject({
      'parcel.size': 'integer',
      'parcel.again': 'integer',
      'parcel.label': 'string',
      size: 'integer',
      other: 'integer',
      own: 'boolean',
    });
  });

  test('with an $id in every part that means the whole by `#` finds it all the same', () => {
    const definitions = { id: { $id: '/definitions/id', type: 'string' } };
    const properties = { a: { $id: '/properties/a', type: 'object', properties: { b: { $ref: '#/definitions/id' } } } };
    const whole = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'http://example.com/root.json',
      definitions,
      properties,
    };
    expect(json(whole)).toMatchObject({ ok: true });
  });

  test('finds what it refers to by name, by $id and by anchor', () => {
    const references = [
      reference('money.json', { $id: 'https://shop.example/money', type: 'object', properties: { cents: { type: 'integer' } } }),
      reference('names', { $defs: { n: { $anchor: 'name', type: 'string' } } }),
    ];
    const parsed = json(
      {
        $id: 'https://shop.example/order',
        title: 'Order',
        properties: {
          price: { $ref: 'money.json' },
          tax: { $ref: 'money' },
          by: { $ref: 'names#name' },
          tags: { type: 'array', items: { $ref: 'names#/$defs/n' } },
        },
      },
      references,
    );
    if (!parsed.ok) throw new Error(parsed.message);
    expect(fieldsOf(parsed.schema)).toEqual([
      { path: 'price', type: 'object' },
      { path: 'price.cents', type: 'integer' },
      { path: 'tax', type: 'object' },
      { path: 'tax.cents', type: 'integer' },
      { path: 'by', type: 'string' },
      { path: 'tags', type: 'array' },
    ]);
    expect(namesDefined(parsed.schema)).toEqual(['https://shop.example/order']);
    expect(rootName(parsed.schema)).toBe('Order');
  });

  test('has one canonical form whatever the order of its keys, types and required names', () => {
    const spellings = [
      '{"type":["string","null"],"required":["a","b"]}',
      '{ "required": ["b", "a"],\n "type": ["null", "string"] }',
    ];
    expect(new Set(spellings.map(each => canonical(schemaOf('JSON', each)))).size).toBe(1);
    const listed = ['{"enum":["a","b"]}', '{"enum":["b","a"]}'];
    expect(new Set(listed.map(each => canonical(schemaOf('JSON', each)))).size).toBe(2);
  });

  test('is told from another language, and a limit beyond a double is kept', () => {
    expect(compatible('BACKWARD', schemaOf('JSON', '{}'), [schemaOf('AVRO', '"string"')])).toMatchObject({
      verdict: 'incompatible',
      reasons: [{ code: 'language-changed' }],
    });
    const [less, more] = ['9223372036854775806', '9223372036854775807'].map(each =>
      schemaOf('JSON', `{"type":"integer","maximum":${each}}`),
    );
    expect(compatible('BACKWARD', more as never, [less as never]).verdict).toBe('compatible');
    expect(compatible('BACKWARD', less as never, [more as never]).verdict).toBe('incompatible');
  });

  test('of hostile size or shape is answered at once', () => {
    const started = Date.now();
    expect(parseSchema('JSON', `{"a":"${'x'.repeat(5_000_000)}"}`)).toMatchObject({ ok: false });
    expect(parseSchema('JSON', '{"not":'.repeat(100_000))).toMatchObject({ ok: false });
    const cycle = Array.from({ length: 1_000 }, (_, index) => reference(`s${index}`, { $ref: `s${(index + 1) % 1_000}` }));
    expect(json({ $ref: 's0' }, cycle)).toMatchObject({ ok: false, message: expect.stringContaining('references form a cycle') });
    const evil = {
      type: 'string',
      pattern: '^(a+)+$',
      patternProperties: { '^(a+)+$': {} },
      properties: { ['a'.repeat(40)]: {} },
    };
    expect(compatible('FULL', schemaOf('JSON', JSON.stringify(evil)), [schemaOf('JSON', JSON.stringify(evil))]).verdict).toBe(
      'compatible',
    );
    const tower = (leaf: string) => ({
      $ref: '#/definitions/d0',
      definitions: Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [
          `d${index}`,
          index === 99
            ? { type: leaf }
            : { anyOf: [{ $ref: `#/definitions/d${index + 1}` }, { allOf: [{ $ref: `#/definitions/d${index + 1}` }] }] },
        ]),
      ),
    });
    const towers = ['string', 'number'].map(leaf => schemaOf('JSON', JSON.stringify(tower(leaf))));
    expect(compatible('BACKWARD', towers[0] as never, [towers[1] as never]).verdict).not.toBe('compatible');
    const wide = (type: string) =>
      schemaOf('JSON', JSON.stringify({ anyOf: Array.from({ length: 2_000 }, (_, index) => ({ type, minLength: index })) }));
    expect(compatible('BACKWARD', wide('string'), [wide('number')]).verdict).not.toBe('compatible');
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});
