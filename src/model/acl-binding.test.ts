import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bindingName, bindingParts, prefixBinding } from './acl-binding.ts';

const binding = {
  principal: 'User:x',
  resourceType: 'topic',
  pattern: 'literal',
  resourceName: 'orders',
  operation: 'READ',
  permission: 'ALLOW',
  host: '*',
};

test('a binding and its name say the same, whatever stands in its parts', () => {
  expect(bindingName(binding)).toBe('User:x|topic|literal|orders|READ|ALLOW|*');
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('|', '%', '7', 'C', '2', '5', 'a', '=') }), fc.string(), (principal, host) => {
      const odd = { ...binding, principal, host };
      expect(bindingParts(bindingName(odd))).toEqual(odd);
    }),
  );
});

test('a prefix goes before names and narrows the wildcard, and leaves the cluster alone', () => {
  expect(prefixBinding(binding, 'dev.').resourceName).toBe('dev.orders');
  expect(prefixBinding({ ...binding, resourceName: '*' }, 'dev.')).toMatchObject({ resourceName: 'dev.', pattern: 'prefixed' });
  expect(prefixBinding({ ...binding, resourceName: '*' }, '')).toMatchObject({ resourceName: '*', pattern: 'literal' });
  const cluster = { ...binding, resourceType: 'cluster', resourceName: 'kafka-cluster' };
  expect(prefixBinding(cluster, 'dev.')).toEqual(cluster);
});
