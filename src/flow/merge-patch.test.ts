import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '#model/json.ts';
import { mergePatch, withDefaults } from './merge-patch.ts';

const json = () => fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 })) as fc.Arbitrary<JsonObject>;

test('a patch replaces lists whole, merges mappings and removes by null (RFC 7386, appendix A)', () => {
  expect(mergePatch({ a: 'b' }, { a: 'c' })).toEqual({ a: 'c' });
  expect(mergePatch({ a: 'b', b: 'c' }, { a: null })).toEqual({ b: 'c' });
  expect(mergePatch({ a: ['b'] }, { a: 'c' })).toEqual({ a: 'c' });
  expect(mergePatch({ a: { b: 'c' } }, { a: { b: 'd', c: null } })).toEqual({ a: { b: 'd' } });
  expect(mergePatch({ a: [{ b: 'c' }] }, { a: [1] })).toEqual({ a: [1] });
  expect(mergePatch({}, { a: { bb: { ccc: null } } })).toEqual({ a: { bb: {} } });
});

test('laying the same patch twice changes nothing more', () => {
  fc.assert(
    fc.property(json(), json(), (target, patch) => {
      expect(mergePatch(mergePatch(target, patch), patch)).toEqual(mergePatch(target, patch));
    }),
  );
});

test('a default never changes what is written', () => {
  fc.assert(
    fc.property(json(), json(), (target, defaults) => {
      const merged = withDefaults(target, defaults);
      for (const [key, value] of Object.entries(target))
        if (typeof value !== 'object' || value === null) expect(merged[key]).toEqual(value);
    }),
  );
});
