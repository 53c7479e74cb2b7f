import { expect, test } from 'vitest';
import { checkTexts, shop, yaml } from '#test/offline.ts';

const problemsOf = async (...accounts: string[]) =>
  (await checkTexts({ ...shop, 'tenants/shop/a.yaml': accounts.join('---\n') })).problems.map(each => [
    each.code,
    each.subject?.name,
  ]);
const account = (name: string, spec = '{}') => yaml('ServiceAccount', name, spec);

test.each(['next', 'mechanism'])(
  'an account named like another one and `.%s` is refused: a rotation of that one would write over its password',
  async ending => {
    const named = account(`shop.u.${ending}`);
    expect(await problemsOf(account('shop.u'), named)).toEqual([['service-account/reserved-key', `shop.u.${ending}`]]);
    expect(await problemsOf(named)).toEqual([]);
    const elsewhere = account(`shop.u.${ending}`, '{ credentials: { deliverTo: { store: local, key: shop/other } } }');
    expect(await problemsOf(account('shop.u'), elsewhere)).toEqual([]);
  },
);

test('a key that ends as those beside a password is refused, whoever is there', async () => {
  const key = account('shop.u', '{ credentials: { deliverTo: { store: local, key: shop/x.next } } }');
  expect(await problemsOf(key)).toEqual([['service-account/reserved-key', 'shop.u']]);
});
