import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, compatible, parseSchema } from '#schemas/index.ts';
import { schemaOf } from './pairs.ts';
import { changed, type Pick, randomRecord, randomType } from './random-avro.ts';

const runs = Number(process.env.KAAS_TEST_RUNS ?? 3_000);

/** Two random Avro schemas, the second made of the first by a few changes. */
const pairs = fc.gen().map(gen => {
  const pick: Pick = bound => gen(fc.nat, { max: bound - 1 });
  const names = { count: 0 };
  const older = randomRecord(pick, names, 2).type;
  return { older: JSON.stringify(older), newer: JSON.stringify(changed(older, pick, names)) };
});

describe('for random Avro schemas', () => {
  test('what we call compatible, avsc can resolve, and a record written with the old schema is read with the new one', () => {
    let seen = 0;
    fc.assert(
      fc.property(pairs, ({ older, newer }) => {
        if (compatible('BACKWARD', schemaOf('AVRO', newer), [schemaOf('AVRO', older)]).verdict !== 'compatible') return;
        seen++;
        const [writer, reader] = [avsc.Type.forSchema(JSON.parse(older)), avsc.Type.forSchema(JSON.parse(newer))];
        const resolver = reader.createResolver(writer);
        for (let count = 0; count < 3; count++) {
          const read = reader.fromBuffer(writer.toBuffer(writer.random()), resolver);
          expect(reader.isValid(read)).toBe(true);
        }
      }),
      { numRuns: runs },
    );
    expect(seen).toBeGreaterThan(runs / 10);
  });

  test('what we call incompatible, avsc does not resolve either', () => {
    let seen = 0;
    fc.assert(
      fc.property(pairs, ({ older, newer }) => {
        const { verdict, reasons } = compatible('BACKWARD', schemaOf('AVRO', newer), [schemaOf('AVRO', older)]);
        if (verdict !== 'incompatible') return;
        seen++;
        expect(reasons.length).toBeGreaterThan(0);
        const [writer, reader] = [avsc.Type.forSchema(JSON.parse(older)), avsc.Type.forSchema(JSON.parse(newer))];
        expect(() => reader.createResolver(writer)).toThrow();
      }),
      { numRuns: runs },
    );
    expect(seen).toBeGreaterThan(runs / 10);
  });

  test('BACKWARD one way is FORWARD the other way, and FULL is both', () => {
    fc.assert(
      fc.property(pairs, ({ older, newer }) => {
        const [a, b] = [schemaOf('AVRO', older), schemaOf('AVRO', newer)];
        const [backward, forward] = [compatible('BACKWARD', b, [a]).verdict, compatible('FORWARD', b, [a]).verdict];
        expect(compatible('FORWARD', a, [b]).verdict).toBe(backward);
        expect(compatible('FULL', b, [a]).verdict === 'compatible').toBe(backward === 'compatible' && forward === 'compatible');
      }),
      { numRuns: runs },
    );
  });

  test('a schema is fully compatible with itself, and so is its canonical form', () => {
    fc.assert(
      fc.property(pairs, ({ newer }) => {
        const schema = schemaOf('AVRO', newer);
        expect(compatible('FULL', schemaOf('AVRO', newer), [schema]).verdict).toBe('compatible');
        expect(canonical(schemaOf('AVRO', canonical(schema)))).toBe(canonical(schema));
        expect(compatible('FULL', schemaOf('AVRO', canonical(schema)), [schema]).verdict).toBe('compatible');
      }),
      { numRuns: runs },
    );
  });

  test('adding a field with a default keeps BACKWARD, without one it breaks it there and nowhere else', () => {
    fc.assert(
      fc.property(pairs, fc.gen(), ({ older }, gen) => {
        const record = JSON.parse(older) as { fields: unknown[] };
        const made = randomType(bound => gen(fc.nat, { max: bound - 1 }), { count: 1_000 }, 2);
        const add = (field: object) => schemaOf('AVRO', JSON.stringify({ ...record, fields: [...record.fields, field] }));
        const old = schemaOf('AVRO', older);
        expect(compatible('BACKWARD', add({ name: 'added', type: made.type, default: made.value }), [old]).verdict).toBe(
          'compatible',
        );
        const { reasons } = compatible('BACKWARD', add({ name: 'added', type: made.type }), [old]);
        expect(reasons.map(each => [each.code, each.path])).toEqual([['field-without-default', 'added']]);
      }),
      { numRuns: runs / 3 },
    );
  });
});

test('any text is refused with words or parsed, never an exception', () => {
  const inner = fc.json({ maxDepth: 6 });
  fc.assert(
    fc.property(fc.constantFrom('AVRO' as const), fc.oneof(fc.string({ unit: 'binary' }), inner), (type, text) => {
      const parsed = parseSchema(type, text);
      if (parsed.ok) canonical(parsed.schema);
      else expect(parsed.message).not.toBe('');
    }),
    { numRuns: runs },
  );
});
