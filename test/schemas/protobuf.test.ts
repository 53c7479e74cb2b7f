import { describe, expect, test } from 'vitest';
import { canonical, compatible, fieldsOf, namesDefined, parseSchema, rootName, type SchemaText } from '#schemas/index.ts';
import { schemaOf } from './pairs.ts';

const reference = (name: string, text: string): SchemaText => ({ name, type: 'PROTOBUF', text });

describe('a Protobuf schema', () => {
  test.each([
    ['syntax = "proto3";\nmessage M {\n  int32 a = 0;\n}', 'numbers go from 1', { line: 3, column: 3 }],
    ['syntax = "proto3"; message M { int32 a = 1; string b = 1; }', 'the number `1` twice', { line: 1, column: 45 }],
    ['syntax = "proto3"; message M { reserved 1 to 3; int32 a = 2; }', 'reserved number 2', { line: 1, column: 49 }],
    ['syntax = "proto3"; message M { required int32 a = 2; }', 'proto3 does not have', { line: 1, column: 32 }],
    ['syntax = "proto3"; message M { N a = 2; }', 'the type `N` is not defined', { line: 1, column: 32 }],
    ['syntax = "proto3"; import "x.proto"; message M {}', '`x.proto` is not among the references', { line: 1, column: 20 }],
    [
      'syntax = "proto3"; import "google/protobuf/timestmp.proto"; message M {}',
      'is not among the references',
      { line: 1, column: 20 },
    ],
    ['syntax = "proto3"; message M { google.protobuf.Any a = 1; }', 'needs the import of its file', { line: 1, column: 32 }],
    [
      'import "google/protobuf/any.proto"; message M { optional google.type.Money a = 1; }',
      'needs the import',
      { line: 1, column: 49 },
    ],
    ['syntax = "proto3"; enum E { A = 1; } message M {}', '0 as the first number', { line: 1, column: 25 }],
    ['syntax = "proto4"; message M {}', 'proto2 or proto3, not `proto4`', { line: 1, column: 1 }],
    ['syntax = "proto3"; message M { int32 a = 1 }', '`;` is expected', { line: 1, column: 44 }],
    ['message M { int32 a = 1; }', 'has no label', { line: 1, column: 13 }],
    ['message M {', 'there is the end of the text', { line: 1, column: 12 }],
    ['syntax = "proto3"; /* no end', 'comment without an end', { line: 1, column: 20 }],
    ['syntax = "proto3"; message M {} message M {}', 'declared twice', { line: 1, column: 41 }],
  ])('%s is refused with its place', (text, words, at) => {
    const parsed = parseSchema('PROTOBUF', text);
    expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining(words), at });
  });

  test.each([
    [
      'custom options',
      'import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { optional bool pii = 50001; }',
    ],
    [
      'a service',
      'import "google/protobuf/empty.proto"; service S { rpc R (google.protobuf.Empty) returns (google.protobuf.Empty); }',
    ],
    ['imports that it passes on', 'import public "google/protobuf/any.proto";'],
  ])('may hold nothing but %s', (_, text) => {
    expect(parseSchema('PROTOBUF', `syntax = "proto3"; package shop; ${text}`).ok).toBe(true);
  });

  test.each(['', '// later\n', 'syntax = "proto3"; package shop; option java_package = "x";'])(
    'that declares nothing is refused: %j',
    text => {
      expect(parseSchema('PROTOBUF', text)).toMatchObject({ ok: false, message: 'the file declares nothing' });
    },
  );

  test('takes imports from its references, and knows what compilers bring along', () => {
    const text = `syntax = "proto3"; package shop;
      import "base/money.proto"; import public "google/protobuf/timestamp.proto";
      option java_package = "x"; // not of interest
      message Order { option deprecated = true; repeated Line lines = 1 [(my.opt) = { a: "}" b: [1, 2] }]; google.protobuf.Timestamp at = 2;
        oneof pay { string card = 3; base.Money cash = 4; } map<string, .base.Money> prices = 5; enum State { NEW = 0; OLD = -1; } State state = 6;
        message Line { base.Money price = 1; Order order = 2; } extensions 100 to max; reserved 7, 9 to 11, "old"; }
      service Shop { rpc Buy (Order) returns (stream Order) { option (http) = { get: "/v1" }; } }`;
    const references = [reference('base/money.proto', 'syntax = "proto3"; package base; message Money { int64 cents = 1; }')];
    const parsed = parseSchema('PROTOBUF', text.replace(' extensions 100 to max;', ''), references);
    if (!parsed.ok) throw new Error(parsed.message);
    expect(namesDefined(parsed.schema)).toEqual(['shop.Order', 'shop.Order.Line', 'shop.Order.State']);
    expect(rootName(parsed.schema)).toBe('shop.Order');
    const fields = fieldsOf(parsed.schema).map(each => `${each.path}: ${each.type}`);
    expect(fields).toContain('lines[].price.cents: int64');
    expect(fields).toContain('prices: map<string, base.Money>');
    expect(fields).toContain('at: google.protobuf.Timestamp');
  });

  test('has one canonical form whatever its white space, comments and empty statements', () => {
    const spellings = [
      'syntax="proto3";message M{int32 a=1;}',
      "// c\nsyntax = 'proto3';\n\nmessage M {\n  /* d */ int32 a = 1;;\n};\n",
    ];
    expect(new Set(spellings.map(each => canonical(schemaOf('PROTOBUF', each)))).size).toBe(1);
  });

  test('says in words which field by name and number changed', () => {
    const [one, two] = ['int32', 'string'].map(type => schemaOf('PROTOBUF', `syntax = "proto3"; message M { ${type} a = 1; }`));
    expect(compatible('BACKWARD', two as never, [one as never]).reasons).toEqual([
      {
        code: 'type-changed',
        path: 'M.a',
        message:
          'field `M.a` (number 1) is int32 in the old schema and string in the new one, which are written differently: readers with the new schema cannot read old records',
      },
    ]);
  });

  test('of hostile size or shape is answered at once', () => {
    const started = Date.now();
    const head = 'syntax = "proto3"; ';
    const million = 1_000_000;
    for (const text of [
      `${head}${' '.repeat(5 * million)}`,
      `${head}${'message M {'.repeat(80_000)}`,
      `${head}/*${'*'.repeat(million)}`,
      `${head}${'//\n'.repeat(300_000)}x`,
      `${head}message M { int32 a = 1 [a = "${'\\"'.repeat(400_000)}`,
      `${head}package ${'a'.repeat(million)}; message M {}`,
      `${head}option a = ${'{'.repeat(400_000)}`,
    ])
      expect(parseSchema('PROTOBUF', text)).toMatchObject({ ok: false });
    const reserving = `${head}message M { reserved ${Array.from({ length: 100_000 }, (_, index) => index + 20_000).join(', ')}; ${Array.from({ length: 10_000 }, (_, index) => `int32 f${index} = ${index + 1};`).join('')} }`;
    expect(parseSchema('PROTOBUF', reserving)).toMatchObject({ ok: true });
    const cycle = Array.from({ length: 1_000 }, (_, index) =>
      reference(`f${index}`, `import "f${(index + 1) % 1_000}"; message M${index} {}`),
    );
    expect(parseSchema('PROTOBUF', 'import "f0";', cycle)).toMatchObject({
      ok: false,
      message: expect.stringContaining('references form a cycle'),
    });
    const chain = `${head}${Array.from({ length: 20_000 }, (_, index) => `message M${index} { M${(index + 1) % 20_000} n = 1; }`).join('')}`;
    expect(compatible('FULL', schemaOf('PROTOBUF', chain), [schemaOf('PROTOBUF', chain)]).verdict).toBe('compatible');
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});
