import { beforeAll, describe, expect, test } from 'vitest';
import { testRegistry } from '../beside.ts';
import { manifest, type TestLandscape, testLandscape } from '../landscape.ts';

let url: string;
beforeAll(async () => {
  url = await testRegistry();
}, 180_000);

const landscapeHere = (): TestLandscape => testLandscape({ beside: { schemaRegistry: { url } } });
const registry = async (path: string, init: { method: string; body: object } | undefined = undefined) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(
    url + path,
    init === undefined ? {} : { method: init.method, headers, body: JSON.stringify(init.body) },
  );
  return (await answer.json()) as Record<string, unknown>;
};
const record = (name: string, fields: object[]) => ({ type: 'record', name, namespace: 'shop', fields });
const order = (...more: object[]) => record('Order', [{ name: 'id', type: 'string' }, ...more]);
const avro = (definition: object, spec: object = {}) =>
  manifest('Schema', 'shop.orders-value', { type: 'AVRO', definition, ...spec });
const versionsOf = (landscape: TestLandscape, subject = 'shop.orders-value') =>
  registry(`/subjects/${landscape.prefix}${subject}/versions`);

describe('a schema from Git to a real registry', { timeout: 120_000 }, () => {
  test('is registered as it is written, behind the prefix, and a second apply sends no write (L1, C3)', async () => {
    const landscape = landscapeHere();
    landscape.write(
      'tenants/shop/a.yaml',
      manifest('Schema', 'shop.orders-value', { type: 'AVRO', file: 'order.avsc', compatibility: 'FULL' }),
    );
    const text = '{ "type": "record", "name": "Order",\n  "fields": [{ "type": "string", "name": "id" }] }\n';
    landscape.write('tenants/shop/order.avsc', text);
    expect((await landscape.plan()).summary).toMatchObject({ create: 1, unchanged: 0 });
    const applied = await landscape.apply();
    expect([applied.code, applied.changes.map(change => change.outcome?.state)]).toEqual([0, ['applied']]);
    const subject = `${landscape.prefix}shop.orders-value`;
    const kept = await registry(`/subjects/${subject}/versions/latest`);
    expect([kept.version, JSON.parse(String(kept.schema))]).toEqual([1, JSON.parse(text)]);
    expect(await registry(`/config/${subject}`)).toEqual({ compatibilityLevel: 'FULL' });
    const again = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect([again.code, JSON.parse(again.stdout).changes, again.requests.writes]).toEqual([0, [], 0]);
  });

  test('white space and the order of members are no change, a field is', async () => {
    const landscape = landscapeHere();
    landscape.write('tenants/shop/a.yaml', avro(order()));
    await landscape.apply();
    const same = JSON.stringify(
      { fields: [{ type: 'string', name: 'id' }], namespace: 'shop', name: 'Order', type: 'record' },
      null,
      4,
    );
    landscape.write('tenants/shop/a.yaml', manifest('Schema', 'shop.orders-value', { type: 'AVRO', definition: same }));
    // Only what the ledger says of it changes.
    expect((await landscape.plan()).changes).toMatchObject([{ action: 'adopt', fields: [] }]);
    landscape.write('tenants/shop/a.yaml', avro(order({ name: 'note', type: 'string', default: '' })));
    expect(await landscape.plan()).toMatchObject({
      problems: [],
      changes: [{ action: 'update', state: 'ready', probe: 'accepted' }],
    });
    await landscape.apply();
    expect(await versionsOf(landscape)).toEqual([1, 2]);
  });

  test('leaves older versions alone when its document goes, and asks before the subject goes', async () => {
    const landscape = landscapeHere();
    landscape.write('tenants/shop/a.yaml', avro(order()));
    await landscape.apply();
    landscape.remove('tenants/shop/a.yaml');
    const held = await landscape.plan();
    expect(held.changes).toMatchObject([
      { action: 'delete', state: 'blocked', blockedBy: [{ message: expect.stringContaining('prune') }] },
    ]);
    expect(await versionsOf(landscape)).toEqual([1]);
  });
});

describe('what the registry would refuse is in the plan', { timeout: 120_000 }, () => {
  test('an incompatible schema cannot be done, with the field in words, and nothing is written (X1)', async () => {
    const landscape = landscapeHere();
    landscape.write('tenants/shop/a.yaml', avro(order(), { compatibility: 'BACKWARD' }));
    await landscape.apply();
    landscape.write('tenants/shop/a.yaml', avro(order({ name: 'amount', type: 'long' }), { compatibility: 'BACKWARD' }));
    const plan = await landscape.plan();
    expect(plan.changes).toMatchObject([{ action: 'update', state: 'impossible', reasons: [{ code: 'schema/incompatible' }] }]);
    expect(plan.changes[0]?.reasons[0]?.message).toMatch(/`amount`.* no default/);
    const refused = await landscape.kaas('apply', 'dev', '--yes');
    expect([refused.code, refused.requests.writes]).toEqual([1, 0]);
    expect(await versionsOf(landscape)).toEqual([1]);
  });

  test('Protobuf and JSON Schema likewise', async () => {
    const landscape = landscapeHere();
    const both = (number: string, property: string) =>
      manifest('Schema', 'shop.p-value', { type: 'PROTOBUF', definition: `syntax = "proto3"; message P { ${number} n = 1; }` }) +
      manifest('Schema', 'shop.j-value', {
        type: 'JSON',
        definition: { type: 'object', properties: { a: { type: property } }, additionalProperties: false },
      });
    landscape.write('tenants/shop/a.yaml', both('int32', 'string'));
    expect((await landscape.apply()).code).toBe(0);
    expect((await landscape.plan()).changes).toEqual([]);
    landscape.write('tenants/shop/a.yaml', both('string', 'integer'));
    const { changes } = await landscape.plan();
    expect(changes.map(change => [change.name, change.state])).toEqual([
      ['shop.j-value', 'impossible'],
      ['shop.p-value', 'impossible'],
    ]);
    for (const change of changes) expect(change.reasons[0]?.message).toMatch(/not BACKWARD compatible: .*`(a|P\.n)`/);
  });

  test('a first version that the registry would not take, because it cannot guess its language, is in the plan', async () => {
    const landscape = landscapeHere();
    const first = (name: string, type: string, definition: string) => manifest('Schema', name, { type, definition });
    landscape.write(
      'tenants/shop/a.yaml',
      [
        first('shop.bare-value', 'JSON', '{"type": "object"}'),
        first('shop.edition-value', 'PROTOBUF', 'edition = "2023"; message A { int32 a = 1; }'),
        first('shop.fits-value', 'JSON', '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}'),
        first(
          'shop.mistaken-value',
          'JSON',
          '{"$schema": "http://json-schema.org/draft-07/schema#", "openapi": "3.0.0", "info": {}}',
        ),
      ].join(''),
    );
    const plan = await landscape.plan();
    expect(plan.changes.map(change => [change.name, change.state])).toEqual([
      ['shop.bare-value', 'impossible'],
      ['shop.edition-value', 'impossible'],
      ['shop.fits-value', 'ready'],
      ['shop.mistaken-value', 'impossible'],
    ]);
    const [bare, edition, , mistaken] = plan.changes.map(change => change.reasons[0]?.message);
    expect(bare).toMatch(/a JSON Schema needs its `\$schema`/);
    expect(edition).toMatch(/cannot read this as PROTOBUF/);
    expect(mistaken).toMatch(/not from type: JSON, but OPENAPI/);
    expect(await versionsOf(landscape, 'shop.bare-value')).toMatchObject({ error_code: 40_401 });
  });

  test('another language than before is refused in words, and not as a text that cannot be read', async () => {
    const landscape = landscapeHere();
    const levels = ['FULL', 'NONE'] as const;
    const both = (spec: object) =>
      levels.map(compatibility => manifest('Schema', `shop.${compatibility}-value`, { ...spec, compatibility })).join('');
    landscape.write('tenants/shop/a.yaml', both({ type: 'AVRO', definition: order() }));
    await landscape.apply();
    const definition = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' };
    landscape.write('tenants/shop/a.yaml', both({ type: 'JSON', definition }));
    const { changes } = await landscape.plan();
    expect(changes.map(change => [change.state, change.reasons.map(each => each.message)])).toEqual([
      ['impossible', ['It is JSON and its latest version AVRO: not FULL compatible. Give it a subject of its own.']],
      [
        'impossible',
        [expect.stringMatching(/^It is JSON and its latest version AVRO: refused \(.*Give it a subject of its own/)],
      ],
    ]);
  });

  test('a new level that the schema does not keep is judged by our own rules before it is set', async () => {
    const landscape = landscapeHere();
    landscape.write('tenants/shop/a.yaml', avro(order(), { compatibility: 'BACKWARD' }));
    await landscape.apply();
    landscape.write('tenants/shop/a.yaml', avro(order({ name: 'n', type: 'long' }), { compatibility: 'NONE' }));
    expect((await landscape.plan()).changes).toMatchObject([{ state: 'ready', probe: 'deferred' }]);
    expect((await landscape.apply()).code).toBe(0);
    landscape.write('tenants/shop/a.yaml', avro(order({ name: 'n', type: 'string' }), { compatibility: 'BACKWARD' }));
    expect((await landscape.plan()).changes).toMatchObject([{ state: 'impossible', probe: 'deferred' }]);
  });

  test('a text that is an older version cannot become the latest again', async () => {
    const landscape = landscapeHere();
    const wider = order({ name: 'note', type: 'string', default: '' });
    for (const definition of [order(), wider]) {
      landscape.write('tenants/shop/a.yaml', avro(definition));
      await landscape.apply();
    }
    landscape.write('tenants/shop/a.yaml', avro(order()));
    expect((await landscape.plan()).changes).toMatchObject([
      { state: 'impossible', reasons: [{ code: 'schema/older-version' }] },
    ]);
  });

  test('nor can an older text become so where the level that allows it comes in the same plan', async () => {
    const landscape = landscapeHere();
    const texts = [order({ name: 'n', type: 'long' }), order({ name: 'n', type: 'string' })] as const;
    for (const [definition, compatibility] of [
      [texts[0], 'NONE'],
      [texts[1], 'NONE'],
      [texts[1], 'BACKWARD'],
    ] as const) {
      landscape.write('tenants/shop/a.yaml', avro(definition, { compatibility }));
      expect((await landscape.apply()).code).toBe(0);
    }
    landscape.write('tenants/shop/a.yaml', avro(texts[0], { compatibility: 'NONE' }));
    expect((await landscape.plan()).changes).toMatchObject([
      { state: 'impossible', reasons: [{ code: 'schema/older-version' }] },
    ]);
  });

  test('a subject that is READONLY takes no new version, and one that becomes so takes its last one first', async () => {
    const landscape = landscapeHere();
    landscape.write('tenants/shop/a.yaml', avro(order(), { mode: 'READONLY' }));
    expect((await landscape.apply()).code).toBe(0);
    expect((await landscape.plan()).changes).toEqual([]);
    landscape.write('tenants/shop/a.yaml', avro(order({ name: 'note', type: 'string', default: '' }), { mode: 'READONLY' }));
    expect((await landscape.plan()).changes).toMatchObject([{ state: 'impossible', reasons: [{ code: 'schema/read-only' }] }]);
  });
});

describe('schemas that refer to each other', { timeout: 120_000 }, () => {
  const money = (...more: object[]) =>
    manifest('Schema', 'shop.money', { type: 'AVRO', definition: record('Money', [{ name: 'units', type: 'long' }, ...more]) });
  const importing = (version: object = {}) =>
    avro(order({ name: 'total', type: 'shop.Money' }), {
      references: [{ name: 'shop.Money', schema: 'shop.money', ...version }],
    });

  test('are registered in the order of their references, and a change of the referred one alone changes both, in one plan', async () => {
    const landscape = landscapeHere();
    landscape.write('tenants/shop/a.yaml', importing() + money());
    expect((await landscape.apply()).changes.map(change => change.outcome?.state)).toEqual(['applied', 'applied']);
    expect((await landscape.plan()).changes).toEqual([]);
    landscape.write('tenants/shop/a.yaml', importing() + money({ name: 'currency', type: 'string', default: 'EUR' }));
    const plan = await landscape.plan();
    expect(plan.changes.map(change => [change.name, change.fields.map(field => field.path)])).toEqual([
      ['shop.money', ['schema']],
      ['shop.orders-value', ['references']],
    ]);
    expect((await landscape.apply()).code).toBe(0);
    expect((await landscape.plan()).changes).toEqual([]);
    const subject = `${landscape.prefix}shop.money`;
    expect(await registry(`/subjects/${landscape.prefix}shop.orders-value/versions/latest`)).toMatchObject({
      references: [{ name: 'shop.Money', subject, version: 2 }],
    });
  });

  test('a pinned reference stays at its version', async () => {
    const landscape = landscapeHere();
    landscape.write('tenants/shop/a.yaml', importing({ version: 1 }) + money());
    expect((await landscape.apply()).code).toBe(0);
    landscape.write(
      'tenants/shop/a.yaml',
      importing({ version: 1 }) + money({ name: 'currency', type: 'string', default: 'EUR' }),
    );
    expect((await landscape.plan()).changes.map(change => change.name)).toEqual(['shop.money']);
    expect((await landscape.apply()).code).toBe(0);
    expect((await landscape.plan()).changes).toEqual([]);
  });

  test('cannot go back to a version that it referred to before, which would be an older version of its own', async () => {
    const landscape = landscapeHere();
    const currency = { name: 'currency', type: 'string', default: 'EUR' };
    for (const documents of [importing() + money(), importing() + money(currency)]) {
      landscape.write('tenants/shop/a.yaml', documents);
      expect((await landscape.apply()).code).toBe(0);
    }
    const refused = { name: 'shop.orders-value', state: 'impossible', reasons: [{ code: 'schema/older-version' }] };
    landscape.write('tenants/shop/a.yaml', importing({ version: 1 }) + money(currency));
    expect((await landscape.plan()).changes).toMatchObject([refused]);
    const country = { name: 'country', type: 'string', default: 'DE' };
    landscape.write('tenants/shop/a.yaml', importing({ version: 1 }) + money(currency, country));
    expect((await landscape.plan()).changes).toMatchObject([{ name: 'shop.money', state: 'ready' }, refused]);
  });

  test('to a version that the registry does not have cannot be registered', async () => {
    const landscape = landscapeHere();
    const fee = (subject: string, version: number) =>
      manifest('Schema', `shop.fee${version}-value`, {
        type: 'AVRO',
        definition: record('Fee', [{ name: 'total', type: 'shop.Money' }]),
        references: [{ name: 'shop.Money', subject, version }],
      });
    const subject = `${landscape.prefix}shop.money`;
    landscape.write('tenants/shop/a.yaml', money());
    await landscape.apply();
    landscape.write('tenants/shop/a.yaml', money() + fee(subject, 1) + fee(subject, 9) + fee('nobody.has-it', 2));
    const { changes } = await landscape.plan();
    expect(changes.map(change => [change.name, change.state, change.reasons.map(each => each.message)])).toEqual([
      ['shop.fee1-value', 'ready', []],
      ['shop.fee2-value', 'impossible', ['It refers to version 2 of nobody.has-it; the registry has no version of it.']],
      ['shop.fee9-value', 'impossible', [`It refers to version 9 of ${subject}; the registry has 1 as its latest.`]],
    ]);
  });

  test('what is incompatible only through a reference is found before anything is sent', async () => {
    const landscape = landscapeHere();
    landscape.write('tenants/shop/a.yaml', importing() + money());
    await landscape.apply();
    landscape.write('tenants/shop/a.yaml', importing() + money({ name: 'currency', type: 'string' }));
    const { changes } = await landscape.plan();
    expect(changes.map(change => [change.name, change.state])).toEqual([
      ['shop.money', 'impossible'],
      ['shop.orders-value', 'impossible'],
    ]);
  });

  const invoice = () =>
    manifest('Schema', 'shop.invoices-value', {
      type: 'AVRO',
      definition: record('Invoice', [{ name: 'order', type: 'shop.Order' }]),
      references: [{ name: 'shop.Order', schema: 'shop.orders-value' }],
    });

  test('in a chain are one plan when the last alone changes', async () => {
    const landscape = landscapeHere();
    landscape.write('tenants/shop/a.yaml', invoice() + importing() + money());
    expect((await landscape.apply()).changes.map(change => change.outcome?.state)).toEqual(['applied', 'applied', 'applied']);
    expect((await landscape.plan()).changes).toEqual([]);
    landscape.write('tenants/shop/a.yaml', invoice() + importing() + money({ name: 'currency', type: 'string', default: 'EUR' }));
    expect((await landscape.apply()).changes.map(change => change.outcome?.state)).toEqual(['applied', 'applied', 'applied']);
    expect((await landscape.plan()).changes).toEqual([]);
    for (const subject of ['shop.money', 'shop.orders-value', 'shop.invoices-value'])
      expect([subject, await versionsOf(landscape, subject)]).toEqual([subject, [1, 2]]);
  });

  test('what is incompatible only behind two references is found before anything is sent', async () => {
    const landscape = landscapeHere();
    landscape.write('tenants/shop/a.yaml', invoice() + importing() + money());
    await landscape.apply();
    landscape.write('tenants/shop/a.yaml', invoice() + importing() + money({ name: 'currency', type: 'string' }));
    const { changes } = await landscape.plan();
    expect(changes.map(change => [change.name, change.state]).toSorted()).toEqual([
      ['shop.invoices-value', 'impossible'],
      ['shop.money', 'impossible'],
      ['shop.orders-value', 'impossible'],
    ]);
  });
});
