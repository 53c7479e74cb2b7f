import { Ajv } from 'ajv';
import fc from 'fast-check';
import protobufjs from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { compatible, fieldsOf, modes, type SchemaType } from '#schemas/index.ts';
import { pairsOf, schemaOf } from './pairs.ts';
import { changedSchema, randomSchema } from './random-json.ts';

const runs = Number(process.env.KAAS_TEST_RUNS ?? 2_000);

const textsOf = (type: SchemaType): string[] => [...new Set(pairsOf(type).flatMap(each => [each.old, each.new]))];

describe.each(['AVRO', 'PROTOBUF', 'JSON'] as const)('every schema of the pairs for %s against every other', type => {
  const schemas = textsOf(type).map(text => schemaOf(type, text));

  test('can replace itself under every mode', () => {
    for (const [index, text] of textsOf(type).entries())
      for (const mode of modes)
        expect(compatible(mode, schemaOf(type, text), [schemas[index] as never]).verdict).toBe('compatible');
  });

  test('is BACKWARD one way where it is FORWARD the other way, and FULL where it is both', () => {
    for (const a of schemas)
      for (const b of schemas) {
        const [backward, forward] = [compatible('BACKWARD', b, [a]).verdict, compatible('FORWARD', b, [a]).verdict];
        expect(compatible('FORWARD', a, [b]).verdict).toBe(backward);
        const worst = [backward, forward].includes('incompatible')
          ? 'incompatible'
          : backward === forward
            ? backward
            : 'uncertain';
        expect(compatible('FULL', b, [a]).verdict).toBe(worst);
      }
  });
});

const scalar = fc.oneof(
  fc.integer({ min: -3, max: 12 }),
  fc.constantFrom('', 'a', 'b', 'abcdef', 'abcdefghijkl', true, null, 1.5),
);
const item = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 4 }),
  fc.dictionary(fc.constantFrom('x', 'a'), scalar, { maxKeys: 2 }),
);
const values = fc.oneof(item, fc.dictionary(fc.constantFrom('f', 'a', 'b', 'c', 'v', 'next', 'x', 'z'), item, { maxKeys: 4 }));

/** What a property with a default may lack by the published rules, and what a validator does not forgive. */
const leansOnDefault = (schema: { required?: string[]; properties?: Record<string, { default?: unknown }> }): boolean =>
  (schema.required ?? []).some(each => schema.properties?.[each]?.default !== undefined);

test('JSON: what we call compatible, a validator finds true of random values', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const schemas = textsOf('JSON').map(text => ({
    schema: schemaOf('JSON', text),
    valid: ajv.compile(JSON.parse(text)),
    own: JSON.parse(text),
  }));
  const pairs = schemas.flatMap(older => schemas.map(newer => ({ older, newer })));
  const kept = pairs.filter(
    ({ older, newer }) =>
      !leansOnDefault(newer.own) && compatible('BACKWARD', newer.schema, [older.schema]).verdict === 'compatible',
  );
  expect(kept.length).toBeGreaterThan(500);
  fc.assert(
    fc.property(values, given => {
      const valid = new Map(schemas.map(each => [each, each.valid(given)]));
      for (const { older, newer } of kept)
        if (valid.get(older) && !valid.get(newer)) expect([older.own, newer.own, given]).toBe('readable');
    }),
    { numRuns: 2_000 },
  );
});

test('JSON: what we call compatible of random schemas, a validator finds true of random values', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false, addUsedSchema: false });
  let seen = 0;
  const samples = fc.sample(values, { numRuns: 150, seed: 7 });
  fc.assert(
    fc.property(fc.gen(), gen => {
      const pick = (bound: number): number => gen(fc.nat, { max: bound - 1 });
      const older = randomSchema(pick, 2);
      const newer = changedSchema(older, pick);
      const [writer, reader] = [schemaOf('JSON', JSON.stringify(older)), schemaOf('JSON', JSON.stringify(newer))];
      if (compatible('BACKWARD', reader, [writer]).verdict !== 'compatible') return;
      if (JSON.stringify(older) !== JSON.stringify(newer)) seen++;
      const [wrote, reads] = [ajv.compile(older as object), ajv.compile(newer as object)];
      for (const sample of samples) if (wrote(sample) && !reads(sample)) expect([older, newer, sample]).toBe('readable');
    }),
    { numRuns: runs },
  );
  expect(seen).toBeGreaterThan(runs / 10);
});

test('Protobuf: we read the same fields as protobufjs', () => {
  for (const text of textsOf('PROTOBUF')) {
    const root = protobufjs.parse(text, new protobufjs.Root(), { keepCase: true }).root;
    const packaged = root.lookup(/package (\w+)/.exec(text)?.[1] ?? '') ?? root;
    const first = (packaged as protobufjs.Namespace).nestedArray.find(each => each instanceof protobufjs.Type) as protobufjs.Type;
    const theirs = first.fieldsArray.map(each => `${each.repeated ? 'repeated ' : ''}${each.name}`).toSorted();
    const ours = fieldsOf(schemaOf('PROTOBUF', text)).filter(each => !/[.[]/.test(each.path));
    expect(ours.map(each => `${each.type.startsWith('repeated ') ? 'repeated ' : ''}${each.path}`).toSorted()).toEqual(theirs);
  }
});
