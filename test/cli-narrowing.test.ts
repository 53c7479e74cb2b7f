import { expect, test } from 'vitest';
import { manifest, testLandscape } from './landscape.ts';

const offline = () => {
  const landscape = testLandscape({ cluster: { connection: 'local' } });
  landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.orders', {}) + manifest('Topic', 'shop.payments', {}));
  return landscape;
};

test.each([
  ['tenant', 'shp', 'shop'],
  ['kind', 'Topik', 'Topic'],
  ['name', 'shop.order', 'shop.orders'],
  ['name', 'shp/shop.orders', 'shop/shop.orders'],
  ['cluster', 'mian', 'main'],
])('narrowing to a %s that nobody knows (%s) names the nearest and is never an empty success', async (what, given, meant) => {
  const landscape = offline();
  for (const command of [['plan', 'dev', '--offline'], ['render', 'dev'], ...(what === 'tenant' ? [['validate']] : [])]) {
    const { code, stdout, stderr } = await landscape.kaas(...command, `--${what}`, given);
    expect({ command, code, stdout, stderr }).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringContaining(`did you mean \`${meant}\`?`),
    });
  }
});

test("a typing error in --tenant is told even where another tenant's problem would be narrowed away", async () => {
  const landscape = offline();
  landscape.write('tenants/shop/bad.yaml', manifest('Topic', 'shop.bad', { partitionz: 1 }));
  expect((await landscape.kaas('validate', '--tenant', 'shp')).code).toBe(64);
});

test('render understands TENANT/NAME and kinds in any case', async () => {
  const landscape = offline();
  const { code, stdout } = await landscape.kaas('render', 'dev', '--name', 'shop/shop.orders', '--kind', 'topic', '-o', 'name');
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: 'shop/Topic/shop.orders\n' });
});

test('--confirm-delete that could confirm nothing is wrong usage, not a confirmation that went unheard', async () => {
  const landscape = offline();
  for (const [given, said] of [
    ['Topik/shop.orders', 'did you mean `Topic`'],
    ['shop/topics/shop.orders', 'did you mean `Topic`'],
    ['shop.orders', 'KIND/NAME'],
    ['sha256:12', 'KIND/NAME'],
  ] as const) {
    const { code, stdout, stderr } = await landscape.kaas('plan', 'dev', '--offline', '--confirm-delete', given);
    expect({ given, code, stdout, stderr }).toEqual({ given, code: 64, stdout: '', stderr: expect.stringContaining(said) });
  }
  expect((await landscape.kaas('plan', 'dev', '--offline', '--confirm-delete', 'shop/Topic/shop.orders')).code).toBe(0);
});
