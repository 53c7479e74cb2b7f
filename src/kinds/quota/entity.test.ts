import fc from 'fast-check';
import { expect, test } from 'vitest';
import { amount, entityOf, nameOf } from './entity.ts';

const part = fc.option(fc.string({ minLength: 1, unit: fc.constantFrom('a', ',', '=', '%', '<', '>', 'default', 'é', '|') }), {
  nil: null,
});

test('an entity and its name say the same, the default entity and one that is called so included', () => {
  expect(nameOf({ user: 'dev.x', clientId: null })).toBe('user=dev.x,clientId=<default>');
  expect(nameOf({ user: '<default>' })).not.toBe(nameOf({ user: null }));
  fc.assert(
    fc.property(part, part, (user, clientId) => {
      expect(entityOf(nameOf({ user, clientId }))).toEqual({ user, clientId });
    }),
  );
});

test('sizes are understood, nonsense is not', () => {
  expect(amount('producer_byte_rate', '1MiB')).toBe(1_048_576);
  expect(amount('producer_byte_rate', 1.5)).toBeUndefined();
  expect(amount('request_percentage', 12.5)).toBe(12.5);
  expect(amount('request_percentage', 'much')).toBeUndefined();
});
