import { expect, test } from 'vitest';
import { manifest, testLandscape } from '../landscape.ts';

test('a plan against nothing needs no registry: every schema is new, with what it refers to', async () => {
  const landscape = testLandscape({ cluster: { connection: 'local' } });
  const record = (name: string, type: string) => ({ type: 'record', name, fields: [{ name: 'f', type }] });
  landscape.write(
    'tenants/shop/all.yaml',
    manifest('Schema', 'shop.base-value', { type: 'AVRO', definition: record('Base', 'int') }) +
      manifest('Schema', 'shop.orders-value', {
        type: 'AVRO',
        definition: record('Order', 'Base'),
        references: [{ name: 'Base', schema: 'shop.base-value' }],
        compatibility: 'FULL',
      }),
  );
  const plan = await landscape.plan('--offline');
  expect(plan.problems).toEqual([]);
  expect(plan.changes.map(change => [change.name, change.action, change.state])).toEqual([
    ['shop.base-value', 'create', 'ready'],
    ['shop.orders-value', 'create', 'ready'],
  ]);
});
