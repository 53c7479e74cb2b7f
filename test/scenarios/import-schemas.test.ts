import { describe, expect, test } from 'vitest';
import type { SubjectSchema } from '#ports/schema-registry.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { openSchemaRegistry } from '#targets/rest/schema-registry.ts';
import { testRegistry } from '../beside.ts';
import { importedWhole, left, names } from '../imported.ts';
import { manifest, testLandscape } from '../landscape.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';
import { expectTakenOver, takeOver } from '../random/take-over.ts';

const record = (name: string, ...fields: object[]) => JSON.stringify({ type: 'record', name, namespace: 'com.acme', fields });
const schema = (subject: string, text: string, more: Partial<SubjectSchema['schema']> = {}): SubjectSchema => ({
  subject,
  schema: { type: 'AVRO', text, references: [], ...more },
  normalize: false,
});

const proto = `syntax = "proto3";
package acme;

// What was paid, and when.
message Payment {
  int64 cents = 1;
  string currency = 2;
}
`;

test('subjects of a real registry come back as documents: texts, references, levels, and the rest is said', {
  timeout: 300_000,
}, async () => {
  const url = await testRegistry();
  await using registry = openSchemaRegistry({ label: 'schema registry of test', url });
  const landscape = testLandscape({
    beside: { schemaRegistry: { url } },
    landscape: { environments: ['dev', 'other'] },
  });
  // With a second environment on the same registry nothing without a prefix is anybody's.
  landscape.write(
    'platform/environments/other.yaml',
    manifest('Environment', 'other', { clusters: { main: 'main' }, prefix: `${landscape.prefix}other.` }),
  );
  const { prefix } = landscape;
  const at = (name: string) => `${prefix}${name}`;
  const base = { name: 'com.acme.Base', subject: at('shop.base-value'), version: 1 };
  const live = [
    schema(at('shop.base-value'), record('Base', { name: 'id', type: 'long' })),
    schema(at('shop.orders-value'), record('Order', { name: 'base', type: 'com.acme.Base' }), { references: [base] }),
    schema(at('shop.payments-value'), proto, { type: 'PROTOBUF' }),
    schema(at('shop.events-value'), '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{}}', {
      type: 'JSON',
    }),
    schema(at('odd name/ü'), record('Odd')),
    schema(at('versions-value'), record('V', { name: 'a', type: 'int' })),
    schema(at('variable-value'), record('W', { name: 'a', type: 'string', default: '${var.x}' })),
    schema(at('com.acme.Lone'), record('Lone')),
    schema(at('other.orders-value'), record('Order')),
    schema(`com.acme.${prefix.slice(0, -1)}`, record(prefix.slice(0, -1))),
  ];
  for (const each of live) expect(await registry.register([each])).toMatchObject([{ ok: true }]);
  await registry.configure([
    { subject: at('shop.orders-value'), compatibility: 'FORWARD_TRANSITIVE' },
    { subject: at('shop.base-value'), compatibility: (await registry.defaults()).compatibility },
    { subject: at('shop.payments-value'), mode: 'READONLY' },
  ]);
  await registry.register([
    schema(at('versions-value'), record('V', { name: 'a', type: 'int' }, { name: 'b', type: 'int', default: 0 })),
  ]);

  const { documents, leftOut } = await importedWhole(landscape.directory, 'dev');

  expect(names(documents, 'Schema')).toEqual([
    expect.stringMatching(/^odd-name-/),
    'shop.base-value',
    'shop.events-value',
    'shop.orders-value',
    'shop.payments-value',
    'versions-value',
  ]);
  const spec = (name: string) => documents.find(each => each.metadata.name === name)?.spec;
  expect(spec('shop.base-value')).toEqual({ type: 'AVRO', definition: live[0]?.schema.text });
  expect(spec('shop.orders-value')).toMatchObject({ references: [base], compatibility: 'FORWARD_TRANSITIVE' });
  expect(spec('shop.payments-value')).toEqual({ type: 'PROTOBUF', definition: proto, mode: 'READONLY' });
  expect(documents.find(each => each.metadata.name.startsWith('odd-name'))?.spec.subject).toBe('odd name/ü');
  expect(JSON.parse(String(spec('versions-value')?.definition)).fields).toHaveLength(2);
  const folder = (name: string) =>
    documents
      .find(each => each.metadata.name === name)
      ?.file.split('/')
      .slice(0, 2)
      .join('/');
  expect([folder('shop.orders-value'), folder('versions-value')]).toEqual(['tenants/shop', 'platform/environments']);

  const said = (code: string) =>
    left(
      leftOut.filter(each => each.kind === 'Schema'),
      code,
    );
  expect(said('import/reads-as-variable')).toEqual([at('variable-value')]);
  expect(said('schema/record-behind-prefix')).toEqual([at('com.acme.Lone')]);
  expect(said('import/other-prefix')).toContain(at('other.orders-value'));
});

describe('a subject that is named by its record and has no prefix', () => {
  const raised = async (more: [string, object][]) => {
    const files = new Map<string, object>([...frame({ prefix: 'dev.' }), ...more]);
    const outside = memoryOutside(files, memoryKafka());
    const registry = await (await outside.cluster('main', { connection: 'local' }, undefined)).schemaRegistry();
    await registry.register([
      schema('com.acme.Order', record('Order')),
      schema('something', record('Else')),
      schema('__internal', record('Internal')),
    ]);
    return { files, outside };
  };

  test('belongs to the environment that has the registry alone', async () => {
    const { files, outside } = await raised([]);
    const { found, left } = await takeOver(outside, files);
    expect(found.map(each => [each.kind, each.name])).toEqual([['Schema', 'com.acme.Order']]);
    expect(left.map(each => [each.name, each.code]).toSorted()).toEqual([
      ['__internal', 'import/internal'],
      ['something', 'import/outside-prefix'],
    ]);
    await expectTakenOver(outside, files, () => 0);
  });

  test('is left where another environment has the same registry', async () => {
    const other: [string, object][] = [
      ['kaas.yaml', JSON.parse(manifest('Landscape', 'memory', { environments: ['dev', 'prod'] }).slice(4))],
      ['platform/environments/prod.yaml', JSON.parse(manifest('Environment', 'prod', { clusters: { main: 'main' } }).slice(4))],
    ];
    const { files, outside } = await raised(other);
    const { found, left } = await takeOver(outside, files);
    expect(found).toEqual([]);
    expect(left.map(each => each.name).toSorted()).toEqual(['__internal', 'com.acme.Order', 'something']);
  });
});

test("a subject that refers to another tenant's is written to the platform's folder, where nobody has to agree first: the plan is empty", async () => {
  const files = new Map<string, object>([...frame(), ['platform/tenants/u.yaml', document('Tenant', 'u', {})]]);
  const outside = memoryOutside(files, memoryKafka());
  const registry = await (await outside.cluster('main', { connection: 'local' }, undefined)).schemaRegistry();
  const uses = (subject: string) => ({
    references: [{ name: 'com.acme.Base', subject, version: 1 }],
  });
  const order = record('Order', { name: 'base', type: 'com.acme.Base' });
  for (const tenant of ['t', 'u'])
    await registry.register([schema(`${tenant}.base`, record('Base', { name: 'id', type: 'long' }))]);
  await registry.register([schema('t.order', order, uses('t.base')), schema('u.order', order, uses('t.base'))]);
  const { found } = await takeOver(outside, files);
  expect(Object.fromEntries(found.map(each => [each.name, each.tenant]))).toEqual({
    't.base': 't',
    't.order': 't',
    'u.base': 'u',
    'u.order': null,
  });
  await expectTakenOver(outside, files, () => 0);
});
