import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonical, compatible, parseSchema, type SchemaType } from '#schemas/index.ts';
import { pairsOf, schemaOf } from './pairs.ts';

const documentation = readFileSync(join(import.meta.dirname, '../../docs/schema-compatibility.md'), 'utf8');

const atLeast: readonly (readonly [SchemaType, number])[] = [
  ['AVRO', 70],
  ['PROTOBUF', 40],
  ['JSON', 40],
];

describe.each(atLeast)('the published rules for %s', (type, count) => {
  const pairs = pairsOf(type);

  test.each(pairs)('$name', pair => {
    const [older, newer] = [schemaOf(type, pair.old), schemaOf(type, pair.new)];
    const backward = compatible('BACKWARD', newer, [older]);
    const forward = compatible('FORWARD', newer, [older]);
    expect({ backward: backward.verdict, forward: forward.verdict }).toEqual({ backward: pair.backward, forward: pair.forward });
    const reasons = [...backward.reasons, ...forward.reasons];
    expect(reasons[0]?.path ?? '').toBe(pair.at);
    expect(reasons.every(each => each.message.includes(each.path) && each.message.length > 20)).toBe(true);
  });

  test(`are held by at least ${count} pairs, no name twice`, () => {
    expect(pairs.length).toBeGreaterThanOrEqual(count);
    expect(new Set(pairs.map(each => each.name)).size).toBe(pairs.length);
  });

  test('are named in the documentation where a registry differs, with its rule', () => {
    for (const { name, registry } of pairs)
      if (registry.because !== undefined) {
        expect(documentation).toContain(registry.because);
        expect(documentation).toContain(`${name} (`);
      }
  });

  test('turned around give the other direction, and each schema can replace itself', () => {
    for (const pair of pairs) {
      const [older, newer] = [schemaOf(type, pair.old), schemaOf(type, pair.new)];
      expect([pair.name, compatible('BACKWARD', newer, [older]).verdict]).toEqual([
        pair.name,
        compatible('FORWARD', older, [newer]).verdict,
      ]);
      for (const text of [pair.old, pair.new])
        expect(compatible('FULL', schemaOf(type, text), [schemaOf(type, text)])).toEqual({ verdict: 'compatible', reasons: [] });
    }
  });

  test('the canonical form of a schema is a schema with the same canonical form', () => {
    for (const pair of pairs) {
      const once = canonical(schemaOf(type, pair.new));
      const parsed = parseSchema(type, once);
      expect(parsed).toMatchObject({ ok: true });
      if (parsed.ok) expect(canonical(parsed.schema)).toBe(once);
    }
  });
});
