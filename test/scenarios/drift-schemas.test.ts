import { expect, test } from 'vitest';
import { openSchemaRegistry } from '#targets/rest/schema-registry.ts';
import { testRegistry } from '../beside.ts';
import { manifest, testLandscape } from '../landscape.ts';

interface Drifted {
  name: string;
  action: string;
  state: string;
  reasons: { code: string }[];
  fields: { path: string; from: string | null; to: string | null }[];
}

const record = (...fields: string[]) => ({
  type: 'record',
  name: 'R',
  fields: fields.map(name => ({ name, type: 'int', default: 0 })),
});

test('drift names the subject to which somebody gave a version, a level or a mode by hand, or which is gone; a plan believes what we set', {
  timeout: 300_000,
}, async () => {
  const url = await testRegistry();
  await using registry = openSchemaRegistry({ label: 'schema registry of test', url });
  const { compatibility: usual } = await registry.defaults();
  const landscape = testLandscape({ beside: { schemaRegistry: { url } } });
  const names = ['version', 'level', 'taken-away', 'mode', 'gone', 'same'].map(name => `shop.${name}-value`);
  const [version, level, takenAway, mode, gone] = names.map(name => landscape.prefix + name) as [
    string,
    string,
    string,
    string,
    string,
  ];
  landscape.write(
    'tenants/shop/all.yaml',
    names
      .map(name =>
        manifest('Schema', name, {
          type: 'AVRO',
          definition: record('a'),
          ...(/level|taken/.test(name) ? { compatibility: 'FULL_TRANSITIVE' } : {}),
          ...(name === 'shop.mode-value' ? { mode: 'READWRITE' } : {}),
        }),
      )
      .join(''),
  );
  expect((await landscape.apply()).code).toBe(0);
  const drifted = async () => {
    const { changes } = JSON.parse((await landscape.kaas('drift', 'dev', '-o', 'json')).stdout);
    return changes
      .map((change: Drifted) => [
        change.name,
        change.action === 'update' ? `update, ${change.state}: ${change.reasons.map(each => each.code)}` : change.action,
        change.fields.filter(each => each.path !== 'type').map(each => [each.path, each.from, each.to]),
      ])
      .toSorted();
  };
  expect(await drifted()).toEqual([]);

  const byHand = { type: 'AVRO' as const, text: JSON.stringify(record('a', 'b')), references: [] };
  expect(await registry.register([{ subject: version, schema: byHand, normalize: false }])).toMatchObject([{ ok: true }]);
  await registry.configure([
    { subject: level, compatibility: 'NONE' },
    { subject: takenAway, compatibility: null },
    { subject: mode, mode: 'READONLY' },
  ]);
  await registry.remove([gone]);

  // What no document named, a level on `same` for instance, is nobody's drift.
  await registry.configure([{ subject: `${landscape.prefix}shop.same-value`, compatibility: 'NONE' }]);
  expect(await drifted()).toEqual([
    ['shop.gone-value', 'create', expect.anything()],
    ['shop.level-value', 'update, ready: ', [['compatibility', 'NONE', 'FULL_TRANSITIVE']]],
    ['shop.mode-value', 'update, ready: ', [['mode', 'READONLY', 'READWRITE']]],
    ['shop.taken-away-value', 'update, ready: ', [['compatibility', usual, 'FULL_TRANSITIVE']]],
    // The way back is shown, and that it leads to a version which a registry does not make the latest again.
    ['shop.version-value', 'update, impossible: schema/older-version', [['schema', byHand.text, JSON.stringify(record('a'))]]],
  ]);
  // What a plan has to know costs no request per subject: settings are believed.
  const planned = (await landscape.plan()).changes.map(change => change.name);
  expect(planned.toSorted()).toEqual(['shop.gone-value', 'shop.version-value']);
});
