import { describe, expect, test } from 'vitest';
import { bindingName } from '#model/acl-binding.ts';
import type { JsonObject } from '#model/json.ts';
import type { Resource } from '#model/resource.ts';
import { lineage, type Subject } from './affected.ts';

const subject = (kind: string, remoteName: string, cluster = 'main'): Subject => ({ kind, remoteName, cluster });

function resource(declaredBy: string, kind: string, remoteName: string, more: Partial<Resource> = {}): Resource {
  const own = { cluster: 'main', tenant: null, name: remoteName, declaredBy: [declaredBy], spec: {}, refersTo: [] };
  return { ...own, kind, remoteName, ...more } as unknown as Resource;
}

const right = (document: string, over: Partial<Parameters<typeof bindingName>[0]>): Resource =>
  resource(
    document,
    'Acl',
    bindingName({
      principal: 'User:x',
      resourceType: 'topic',
      pattern: 'literal',
      resourceName: 'dev.shop.orders',
      operation: 'READ',
      permission: 'ALLOW',
      host: '*',
      ...over,
    }),
  );

const connector = (document: string, config: JsonObject): Resource =>
  resource(document, 'Connector', document, { spec: { config } });

const refers = (document: string, kind: string, remoteName: string, to: Subject): Resource =>
  resource(document, kind, remoteName, { refersTo: [{ ...to, tenant: null, name: to.remoteName }] });

const everything: Resource[] = [
  right('fraud/Access/reads', {}),
  right('shop/Access/writes', { operation: 'WRITE' }),
  right('audit/Access/all', { pattern: 'prefixed', resourceName: 'dev.', operation: 'READ' }),
  right('shop/Access/looks', { operation: 'DESCRIBE' }),
  right('other/Access/reads', { resourceName: 'dev.shop.payments' }),
  right('spy/Acl/none', { permission: 'DENY' }),
  connector('lake/Connector/sink', { topics: 'dev.shop.returns, dev.shop.orders' }),
  connector('lake/Connector/else', { topics: 'dev.shop.orders-eu' }),
  refers('shop/Schema/orders', 'Schema', 'dev.shop.orders-value', subject('Schema', 'dev.shop.money')),
  resource('shop/Schema/money', 'Schema', 'dev.shop.money'),
  refers('billing/Schema/bill', 'Schema', 'dev.billing.bill', subject('Schema', 'dev.shop.money')),
  refers('shop/Quota/rate', 'Quota', 'User:x', subject('ServiceAccount', 'x')),
];
const affected = lineage(everything, tenant => [`group ${tenant}-team`]);
const words = (of: Subject, except: readonly string[] = []) => affected(of, except).map(each => `${each.document} ${each.as}`);

describe('who is affected', () => {
  test('by a topic: who may read or write it, connectors that name it, schemas named by it', () => {
    expect(words(subject('Topic', 'dev.shop.orders'))).toEqual([
      'audit/Access/all reads',
      'fraud/Access/reads reads',
      'lake/Connector/sink connects',
      'shop/Access/writes writes',
      'shop/Schema/orders describes',
    ]);
  });

  test('by a schema: who uses its topic; and, far behind, the schemas that refer to it with the users of theirs', () => {
    expect(words(subject('Schema', 'dev.shop.money'))).toEqual([
      'audit/Access/all reads',
      'billing/Schema/bill refers',
      'fraud/Access/reads reads',
      'lake/Connector/sink connects',
      'shop/Access/writes writes',
      'shop/Schema/orders refers',
    ]);
  });

  test('by anything else: what refers to it', () => {
    expect(words(subject('ServiceAccount', 'x'))).toEqual(['shop/Quota/rate refers']);
  });

  test('nobody on another cluster, and not the document itself', () => {
    expect(words(subject('Topic', 'dev.shop.orders', 'other'))).toEqual([]);
    expect(words(subject('ServiceAccount', 'x'), ['shop/Quota/rate'])).toEqual([]);
  });

  test('owners are named with each document', () => {
    expect(affected(subject('ServiceAccount', 'x'), [])).toEqual([
      { document: 'shop/Quota/rate', as: 'refers', tenant: 'shop', owners: ['group shop-team'] },
    ]);
  });

  test('schemas that refer to each other in a circle are asked once', () => {
    const circle = [
      refers('a/Schema/one', 'Schema', 'one', subject('Schema', 'two')),
      refers('a/Schema/two', 'Schema', 'two', subject('Schema', 'one')),
    ];
    expect(lineage(circle, () => [])(subject('Schema', 'one'), []).map(each => each.document)).toEqual([
      'a/Schema/one',
      'a/Schema/two',
    ]);
  });
});
