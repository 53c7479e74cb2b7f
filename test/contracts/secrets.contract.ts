import { inspect } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import type { Secrets, SecretUse } from '#ports/secrets.ts';

export const secret = (text: string): Redacted => new Redacted(text);

/** Keys that stores of all kinds would rather not have. */
const awkward = [
  'payments/dev/main/payments.checkout',
  'payments/dev/main/Payments.Checkout',
  'payments/dev/main/payments-checkout',
  'payments/dev/main/payments_checkout',
  'payments/dev/main/payments--checkout',
  '@platform/dev/main/a b',
  'a',
  'a/b',
  'a//b',
  'a.b',
  'a..b',
  '../b',
  '/a',
  'a/',
  '.',
  '0',
  '0-',
  '-',
  'Ä+%=?#&:,;ö😀',
];

/** What a use looks like, for stores that keep it. */
export const sampleUse: SecretUse = {
  resource: 'payments/ServiceAccount/payments.checkout',
  environment: 'dev',
  cluster: 'main',
  account: 'dev.payments.checkout',
  category: 'kafka-credential',
  made: '2026-03-31',
  fields: { type: 'kafka', provider: 'kaas', username: 'dev.payments.checkout', 'bootstrap-servers': 'h:9092' },
};

/** What every store of secrets must do. `another` sees what the first one wrote. */
export function secretsContract(
  open: () => { first: Secrets; another: Secrets } | Promise<{ first: Secrets; another: Secrets }>,
): void {
  let first: Secrets;
  let another: Secrets;
  beforeEach(async () => {
    ({ first, another } = await open());
  });

  test('what was put can be read by another opener, and prints as nothing', async () => {
    await first.put('payments.checkout', secret('hünter2\n"'));
    const read = await another.get('payments.checkout');
    expect(read).toBeInstanceOf(Redacted);
    expect(read?.reveal()).toBe('hünter2\n"');
    expect(inspect({ read }) + JSON.stringify({ read })).not.toContain('hünter2');
  });

  test('an empty store has no keys, and a missing key is undefined', async () => {
    expect(await first.keys()).toEqual([]);
    expect(await first.get('x')).toBeUndefined();
    await first.deleteAll(['x']);
    expect(await first.keys()).toEqual([]);
  });

  test('many are put at once, one is replaced, one is deleted and put again', async () => {
    await first.putAll(
      new Map([
        ['b', secret('1')],
        ['a', secret('2')],
        ['__proto__', secret('3')],
      ]),
    );
    await first.putAll(new Map());
    await first.put('a', secret('4'));
    await first.deleteAll(['b', 'never there']);
    expect([...(await another.getAll(['a', 'b', 'never there'])).keys()]).toEqual(['a']);
    expect(await another.keys()).toEqual(['__proto__', 'a']);
    expect((await another.get('a'))?.reveal()).toBe('4');
    expect((await another.get('__proto__'))?.reveal()).toBe('3');
    await first.put('b', secret('5'));
    expect((await another.get('b'))?.reveal()).toBe('5');
  });

  test('no two keys share a place, whatever signs they are made of', async () => {
    await first.putAll(new Map(awkward.map(key => [key, secret(`value of ${key}`)])));
    const read = await another.getAll(awkward);
    expect([...read].map(([key, value]) => [key, value.reveal()])).toEqual(awkward.map(key => [key, `value of ${key}`]));
    expect(await another.keys()).toEqual(awkward.toSorted());
  });

  test('what a secret is for changes nothing of its value', async () => {
    await first.putAll(new Map([['k', secret('1')]]), new Map([['k', sampleUse]]));
    await first.putAll(new Map([['k', secret('2')]]), new Map([['k', { ...sampleUse, made: '2026-04-01' }]]));
    expect((await another.get('k'))?.reveal()).toBe('2');
  });

  test('a store that we may use says so', async () => {
    expect(await first.examine()).toEqual(expect.any(String));
  });

  test('writers at the same time lose nothing', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? first : another).put(`k${index}`, secret(`${index}`))),
    );
    expect(await first.keys()).toHaveLength(12);
  });
}
