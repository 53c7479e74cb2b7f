import { describe, expect, test } from 'vitest';
import type { Resource } from '#model/resource.ts';
import { checkTexts, yaml } from '#test/offline.ts';
import { textOf } from './subject.ts';

const money = '{ type: AVRO, definition: { type: record, name: Money, namespace: acme, fields: [{ name: units, type: long }] } }';
const frame = (prefix = 'dev.') => ({
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', `{ clusters: { main: main }, prefix: "${prefix}" }`),
  'platform/main.yaml': yaml('KafkaCluster', 'main', '{ connection: local }'),
  'platform/tenants/shop.yaml': yaml('Tenant', 'shop', '{ owns: { subjects: ["acme.*", "shop.*"] } }'),
  'platform/tenants/bank.yaml': yaml('Tenant', 'bank', '{}'),
});

async function checked(files: Readonly<Record<string, string>>) {
  const { environments, problems } = await checkTexts({ ...frame(), ...files });
  return {
    names: (environments[0]?.declared ?? []).filter(each => each.kind === 'Schema').map(each => each.remoteName),
    problems: problems.map(({ code, at }) => `${code} ${at?.file}:${at?.line}:${at?.column}`),
  };
}

describe('a subject', () => {
  test('named by its topic stands behind the prefix, one named by its record does not', async () => {
    const value = yaml('Schema', 'shop.orders-value', money);
    const both = yaml('Schema', 'shop.orders-acme.Money', money);
    const record = yaml('Schema', 'acme.Money', money);
    const { names, problems } = await checked({ 'tenants/shop/a.yaml': [value, both, record].join('---\n') });
    expect(problems).toEqual([]);
    expect(names.toSorted()).toEqual(['acme.Money', 'dev.shop.orders-acme.Money', 'dev.shop.orders-value']);
  });

  test('of a topic belongs to who owns the topic', async () => {
    const { problems } = await checked({ 'tenants/bank/a.yaml': yaml('Schema', 'shop.orders-value', money) });
    expect(problems).toEqual(['validate/not-owned tenants/bank/a.yaml:1:1']);
  });

  test('named by its record is refused where two environments have one registry', async () => {
    const two = {
      'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, test] }'),
      'platform/test.yaml': yaml('Environment', 'test', '{ clusters: { main: main }, prefix: "test." }'),
    };
    const record = { 'tenants/shop/a.yaml': yaml('Schema', 'acme.Money', money) };
    expect((await checked({ ...two, ...record })).problems).toContain('schema/shared-registry tenants/shop/a.yaml:1:1');
    const value = { 'tenants/shop/a.yaml': yaml('Schema', 'shop.orders-value', money) };
    expect((await checked({ ...two, ...value })).problems).toEqual([]);
  });

  test.each([
    ['written in another way', 'HTTP://Registry:80/api/', 'http://registry/api', true],
    ['in a context of its own', 'http://registry/contexts/.dev.', 'http://registry/contexts/.test.', false],
    ['on another port', 'http://registry:8081', 'http://registry:8082', false],
  ])('named by its record: the registry of another environment, %s', async (_how, one, other, refused) => {
    const cluster = (name: string, url: string) =>
      yaml('KafkaCluster', name, `{ connection: { bootstrapServers: ["${name}:9092"], schemaRegistry: { url: "${url}" } } }`);
    const two = {
      'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, test] }'),
      'platform/main.yaml': cluster('main', one),
      'platform/test.yaml': yaml('Environment', 'test', '{ clusters: { main: second } }'),
      'platform/second.yaml': cluster('second', other),
    };
    const { problems } = await checked({ ...two, 'tenants/shop/a.yaml': yaml('Schema', 'acme.Money', money) });
    expect(problems.some(each => each.startsWith('schema/shared-registry'))).toBe(refused);
  });
});

describe('the text', () => {
  test('in a file is read beside the document, and what is wrong with it has its place there', async () => {
    const document = yaml('Schema', 'shop.orders-value', '{ type: AVRO, file: schemas/order.avsc }');
    const file = '{\n  "type": "record", "name": "Order",\n  "fields": [{ "name": "id", "type": "strnig" }]\n}\n';
    const { problems } = await checked({ 'tenants/shop/a.yaml': document, 'tenants/shop/schemas/order.avsc': file });
    expect(problems).toEqual(['schema/invalid tenants/shop/schemas/order.avsc:3:14']);
  });

  test.each(['../bank/order.avsc', '../../platform/x.avsc', '/etc/passwd', 'schemas/../../bank/x.avsc'])(
    'is never read from outside the tenant: %s',
    async file => {
      const document = yaml('Schema', 'shop.orders-value', `{ type: AVRO, file: "${file}" }`);
      const { problems } = await checked({ 'tenants/shop/a.yaml': document, 'tenants/bank/order.avsc': '"string"' });
      expect(problems).toEqual(['load/file-outside tenants/shop/a.yaml:4:27']);
    },
  );

  test.each([
    ['AVRO', '{"type":"record","name":"Order","namespace":"shop","fields":[]}'],
    ['PROTOBUF', 'syntax = "proto3"; package shop; message Order {}'],
  ])('in a file begins behind the byte order mark that some editors write: %s', async (type, text) => {
    const document = yaml('Schema', 'shop.Order', `{ type: ${type}, file: order.txt }`);
    const { problems, environments } = await checkTexts({
      ...frame(),
      'tenants/shop/a.yaml': document,
      'tenants/shop/order.txt': `\uFEFF${text}`,
    });
    expect(problems).toEqual([]);
    const found = environments[0]?.resources.find(each => each.kind === 'Schema');
    expect([found?.remoteName, textOf(found as Resource)]).toEqual(['shop.Order', text]);
  });

  test('that is not there is a problem where it is named', async () => {
    const document = yaml('Schema', 'shop.orders-value', '{ type: AVRO, file: none.avsc }');
    expect((await checked({ 'tenants/shop/a.yaml': document })).problems).toEqual(['load/file-unread tenants/shop/a.yaml:4:27']);
  });
});

test('a pinned reference is not read as the declared text, which may be a later version', async () => {
  const uses = '{ type: record, name: Order, namespace: acme, fields: [{ name: total, type: acme.Old }] }';
  const order = (version: string) =>
    yaml(
      'Schema',
      'shop.orders-value',
      `{ type: AVRO, definition: ${uses}, references: [{ name: acme.Old, schema: shop.money${version} }] }`,
    );
  const files = (version: string) => ({
    'tenants/shop/a.yaml': [order(version), yaml('Schema', 'shop.money', money)].join('---\n'),
  });
  expect((await checked(files(''))).problems).toEqual(['schema/invalid tenants/shop/a.yaml:4:21']);
  expect((await checked(files(', version: 1'))).problems).toEqual([]);
});

describe("another tenant's schema", () => {
  const importing =
    '{ type: AVRO, references: [{ name: acme.Money, schema: shop/acme.Money }], definition: { type: record, name: Fee, fields: [{ name: m, type: acme.Money }] } }';
  const files = {
    'tenants/shop/a.yaml': yaml('Schema', 'acme.Money', money),
    'tenants/bank/a.yaml': yaml('Schema', 'bank.fees-value', importing),
  };

  test('is imported with its Grant', async () => {
    const grant = yaml('Grant', 'g', '{ to: bank, schemas: ["acme.*"] }');
    expect((await checked({ ...files, 'tenants/shop/g.yaml': grant })).problems).toEqual([]);
  });

  test('is not had without a Grant by the name of its subject either', async () => {
    const by = (subject: string) => ({
      ...files,
      'tenants/bank/a.yaml': yaml(
        'Schema',
        'bank.fees-value',
        importing.replace('schema: shop/acme.Money', `subject: ${subject}, version: 1`),
      ),
    });
    const refused = ['schema/unconsented-reference tenants/bank/a.yaml:4:54'];
    for (const subject of ['acme.Money', 'dev.shop.orders-value', 'dev.shop.orders-acme.Other', 'shop.orders-eu-key'])
      expect((await checked(by(subject))).problems).toEqual(refused);
    for (const subject of ['dev.bank.rates-value', 'com.nobody.Money']) expect((await checked(by(subject))).problems).toEqual([]);
    const grant = yaml('Grant', 'g', '{ to: bank, schemas: ["acme.*"] }');
    expect((await checked({ ...by('acme.Money'), 'tenants/shop/g.yaml': grant })).problems).toEqual([]);
  });

  test('is refused without one, and with one that has ended', async () => {
    const refused = 'schema/unconsented-reference tenants/bank/a.yaml:4:54';
    expect((await checked(files)).problems).toEqual([refused]);
    const ended = yaml('Grant', 'g', '{ to: bank, schemas: [acme.Money], until: 2026-06-29 }');
    expect((await checked({ ...files, 'tenants/shop/g.yaml': ended })).problems).toContain(refused);
  });
});
