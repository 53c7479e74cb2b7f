import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers } from '#model/name-pattern.ts';
import type { Frame } from './frame.ts';
import { overlappingOwners } from './ownership.ts';

const frame = (owns: Record<string, string[]>): Frame =>
  ({
    tenants: new Map(
      Object.entries(owns).map(([name, topics]) => [
        name,
        {
          name,
          spec: { owns: { topics } },
          manifest: { located: { file: `${name}.yaml`, value: {}, marks: new Int32Array(4) } },
        },
      ]),
    ),
  }) as unknown as Frame;

test('a pattern covers names and whole prefixes below it', () => {
  expect(covers('payments.*', 'payments.orders')).toBe(true);
  expect(covers('payments.*', 'payments.o*')).toBe(true);
  expect(covers('payments.o*', 'payments.*')).toBe(false);
  expect(covers('orders', 'orders.v2')).toBe(false);
  expect(covers('*', 'anything')).toBe(true);
});

test('overlaps are found exactly when some name is owned twice', () => {
  const pattern = fc
    .tuple(fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 3 }), fc.boolean())
    .map(([text, open]) => (open ? `${text}*` : text || 'a'));
  fc.assert(
    fc.property(fc.uniqueArray(pattern, { maxLength: 4 }), fc.uniqueArray(pattern, { maxLength: 4 }), (one, two) => {
      const expected = one.some(a => two.some(b => covers(a, b) || covers(b, a)));
      expect(overlappingOwners(frame({ one, two }), ['topics']).length > 0).toBe(expected);
    }),
  );
});
