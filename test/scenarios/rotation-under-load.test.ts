import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { consumeAs, produceInBackground, type RunningProducer } from '../kafka-tools.ts';
import { manifest, testLandscape } from '../landscape.ts';
import { loginOf } from '../login-of.ts';

const documents = (overlap: string): string =>
  manifest('Topic', 'shop.orders', { partitions: 3, replicationFactor: 3, config: { 'min.insync.replicas': 2 } }) +
  manifest('ServiceAccount', 'shop.checkout', { credentials: { overlap } }) +
  manifest('Access', 'checkout-writes', { serviceAccount: 'shop.checkout', as: 'producer', topics: ['shop.orders'] });

test('a producer that runs through a rotation, and the one that replaces it within the overlap, lose no record', {
  timeout: 300_000,
}, async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/all.yaml', documents('1h'));
  expect((await landscape.apply()).problems).toEqual([]);
  const topic = `${landscape.prefix}shop.orders`;

  await using before = produceInBackground(await loginOf(landscape, 'shop.checkout'), topic, { prefix: 1, perSecond: 50 });
  await goesOn(before);
  expect((await landscape.kaas('rotate', 'dev', 'shop.checkout', '--yes')).code).toBe(0);
  await goesOn(before);

  await using after = produceInBackground(await loginOf(landscape, 'shop.checkout'), topic, { prefix: 2, perSecond: 50 });
  await goesOn(after);
  await before.stop();

  landscape.write('tenants/shop/all.yaml', documents('1s'));
  expect((await landscape.apply()).changes).toMatchObject([{ reasons: [{ code: 'service-account/old-password-revoked' }] }]);
  await goesOn(after);
  await after.stop();

  expect([...before.failures(), ...after.failures()]).toEqual([]);
  const sent = [...before.acknowledged(), ...after.acknowledged()];
  const [user, password] = [process.env.KAAS_TEST_ADMIN_USER as string, process.env.KAAS_TEST_ADMIN_PASSWORD as string];
  const { stdout } = await consumeAs({ user, password }, topic, { group: `${landscape.prefix}check`, count: sent.length });
  expect(stdout.trim().split('\n').toSorted()).toEqual(sent.toSorted());
});

/** Waits until a hundred more records are acknowledged: two seconds of its pace. */
async function goesOn(producer: RunningProducer): Promise<void> {
  const wanted = producer.acknowledged().length + 100;
  for (let attempt = 0; attempt < 300; attempt++) {
    if (producer.acknowledged().length >= wanted) return;
    expect(producer.failures()).toEqual([]);
    await sleep(100);
  }
  throw new Error(`the producer stands still at ${producer.acknowledged().length} records: ${producer.output().slice(-2_000)}`);
}
