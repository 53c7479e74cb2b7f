import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Names, pathNames, plainNames, subdomainNames } from './names.ts';

const rules: readonly (readonly [string, Names, RegExp])[] = [
  ['Vault and AWS', pathNames, /^(?!.*\.\.)(?!.*\/\/)[A-Za-z0-9_=-][A-Za-z0-9_=./-]*$/],
  ['Azure', plainNames, /^[a-z0-9-]*$/],
  ['Kubernetes', subdomainNames, /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$/],
];
/** Many signs that matter, few that do not. */
const key = fc.string({ unit: fc.constantFrom(...'ab0AZ/.-_=@é😀 2e'), maxLength: 12 });

describe.each(rules)('names for %s', (_store, names, form) => {
  test('take every key and give it back, so that no two keys share one', () => {
    fc.assert(
      fc.property(key, each => {
        const name = names.toName(each);
        expect(name).toMatch(form);
        expect(names.toKey(name)).toBe(each);
      }),
      { numRuns: 5_000 },
    );
  });

  test('that were written by hand are nobody’s keys, or give the very same name again', () => {
    fc.assert(
      fc.property(key, each => {
        const found = names.toKey(each);
        if (found !== undefined) expect(names.toName(found)).toBe(each);
      }),
      { numRuns: 5_000 },
    );
  });
});

test('what people write most stays readable', () => {
  const usual = 'payments/dev/main/payments.check-out';
  expect([pathNames, subdomainNames, plainNames].map(each => each.toName(usual))).toEqual([
    usual,
    'payments.dev.main.payments-2echeck--out',
    'payments-2fdev-2fmain-2fpayments-2echeck--out',
  ]);
});
