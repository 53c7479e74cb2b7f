import { expect, test } from 'vitest';
import { manifest, testLandscape } from './landscape.ts';

test('who-can and what-can know what is meant, by kind, and a typing error never ends as an empty answer', async () => {
  const landscape = testLandscape();
  landscape.write(
    'tenants/shop/all.yaml',
    manifest('Topic', 'shop.same', {}) +
      manifest('ServiceAccount', 'shop.same', {}) +
      manifest('Access', 'reads', { serviceAccount: 'shop.same', as: 'producer', topics: ['shop.same'] }),
  );
  const of = async (...args: string[]) => {
    const { code, stdout, stderr } = await landscape.kaas(...args);
    return { code, stdout, stderr };
  };
  expect(await of('who-can', 'dev', 'write', 'shop.same', '-o', 'json')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`User:${landscape.prefix}shop.same`),
  });
  expect((await of('what-can', 'dev', 'shop/shop.same', '-o', 'json')).stdout).toContain('"operation": "WRITE"');
  for (const [args, meant] of [
    [['who-can', 'dev', 'raed', 'shop.same'], 'read'],
    [['who-can', 'dev', 'read', 'shop.sme'], 'shop.same'],
    [['what-can', 'dev', 'shop.sme'], 'shop.same'],
    [['who-can', 'dev', 'read', 'shop.same', '--cluster', 'mian'], 'main'],
  ] as const)
    expect({ args, ...(await of(...args)) }).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringContaining(`did you mean \`${meant}\`?`),
    });
});
