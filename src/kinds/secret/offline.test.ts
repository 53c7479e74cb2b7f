import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { workOrder } from '#flow/order.ts';
import { kinds } from '#kinds/registry.ts';
import { checkTexts, yaml } from '#test/offline.ts';

const vectors = join(import.meta.dirname, '../../../test/sealed');
const armour = readFileSync(join(vectors, 'value.age'), 'utf8');
const another = armour.replace(/.(?=\n-----END)/, 'A');
const quoted = (text: string) => JSON.stringify(text);

describe('offline', () => {
  const frame = {
    'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev, prod] }'),
    'platform/dev.yaml': yaml(
      'Environment',
      'dev',
      '{ clusters: { main: a, other: b }, default: main, variables: { stage: dev } }',
    ),
    'platform/prod.yaml': yaml('Environment', 'prod', '{ clusters: { main: c }, default: main, variables: { stage: prod } }'),
    'platform/clusters.yaml': ['a', 'b', 'c'].map(name => yaml('KafkaCluster', name, '{ connection: local }')).join('---\n'),
    'platform/tenants.yaml': `${yaml('Tenant', 'shop', '{}')}---\n${yaml('Tenant', 'fraud', '{}')}`,
  };
  const codes = async (files: Record<string, string>, names = ['dev']) =>
    (await checkTexts({ ...frame, ...files }, names)).problems.map(each => [each.code, each.at?.file, each.subject?.name]);
  const secret = (name: string, spec: string, metadata = '') =>
    yaml('Secret', name, `{ sealed: ${quoted(armour)}${spec} }`, metadata);

  test('a key is kept by one document: not by two, not below each other, not by an account too, not on two clusters', async () => {
    const two = `${secret('a', ', key: shop/x')}---\n${secret('b', ', key: shop/x/y')}`;
    expect((await codes({ 'tenants/shop/s.yaml': two })).map(each => [each[0], each[2]])).toEqual([
      ['secret/shared-key', 'a'],
      ['secret/shared-key', 'b'],
    ]);
    const account = yaml(
      'ServiceAccount',
      'shop.u',
      '{ credentials: { deliverTo: { store: local, key: shop/x } } }',
      'environments: [dev]',
    );
    expect(
      (await codes({ 'tenants/shop/s.yaml': `${secret('a', ', key: shop/x')}---\n${account}` })).map(each => each[0]),
    ).toEqual(['secret/shared-key']);
    expect((await codes({ 'tenants/shop/s.yaml': secret('a', '', 'clusters: [main, other]') })).map(each => each[0])).toEqual([
      'secret/shared-key',
    ]);
  });

  test.each(['mechanism', 'next'])(
    'a Secret is not kept where a rotation of an account writes: under its key and `.%s`',
    async ending => {
      const account = yaml(
        'ServiceAccount',
        'shop.u',
        '{ credentials: { deliverTo: { store: local, key: shop/x } } }',
        'environments: [dev]',
      );
      const kept = secret('a', `, key: shop/x.${ending}`);
      expect(await codes({ 'tenants/shop/s.yaml': `${kept}---\n${account}` })).toEqual([
        ['secret/shared-key', 'tenants/shop/s.yaml', 'a'],
      ]);
      expect(await codes({ 'tenants/shop/s.yaml': kept })).toEqual([]);
    },
  );

  test("who claims another tenant's key has the problem, and the tenant whose key it is has none", async () => {
    const mine = secret('a', ', key: shop/x');
    const theirs = yaml('Secret', 'b', `{ key: shop/x, sealed: ${quoted(another)} }`);
    const account = (name: string) =>
      yaml(
        'ServiceAccount',
        name,
        '{ credentials: { deliverTo: { store: local, key: shop/y } } }',
        'clusters: [main], environments: [dev]',
      );
    const found = await codes({
      'tenants/shop/s.yaml': `${mine}---\n${account('shop.u')}`,
      'tenants/fraud/s.yaml': `${theirs}---\n${account('fraud.u')}`,
    });
    expect(found.map(each => [each[0], each[1]])).toEqual([
      ['secret/foreign-key', 'tenants/fraud/s.yaml'],
      ['service-account/foreign-key', 'tenants/fraud/s.yaml'],
    ]);
  });

  test("who claims another tenant's key in another environment has the problem alone, too", async () => {
    const account = (name: string, environment: string) =>
      yaml(
        'ServiceAccount',
        name,
        '{ credentials: { deliverTo: { store: local, key: shop/y } } }',
        `clusters: [main], environments: [${environment}]`,
      );
    const found = await codes(
      {
        'tenants/shop/s.yaml': `${secret('a', ', key: shop/x')}---\n${account('shop.u', 'dev')}`,
        'tenants/shop/environments/dev/s.yaml': yaml('Secret', 'a', '{ store: local }'),
        'tenants/fraud/s.yaml': `${yaml('Secret', 'b', `{ key: shop/x, sealed: ${quoted(another)} }`, 'environments: [prod]')}---\n${account('fraud.u', 'prod')}`,
      },
      ['dev', 'prod'],
    );
    expect([...new Set(found.map(each => each[1]))]).toEqual(['tenants/fraud/s.yaml']);
    expect(found.map(each => each[0])).toContain('service-account/foreign-key');
  });

  test("the same sealed text in another tenant's folder is refused in both, whatever stands around it", async () => {
    const files = {
      'tenants/shop/s.yaml': secret('a', ''),
      'tenants/fraud/s.yaml': yaml('Secret', 'b', `{ sealed: ${quoted(`\n${armour}\n`)} }`),
    };
    expect((await codes(files)).map(each => [each[0], each[1]]).toSorted()).toEqual([
      ['secret/copied', 'tenants/fraud/s.yaml'],
      ['secret/copied', 'tenants/shop/s.yaml'],
    ]);
  });

  test('a sealed text of the platform that stands in a tenant’s folder is refused there alone', async () => {
    const files = {
      'platform/s.yaml': secret('a', ''),
      'tenants/fraud/s.yaml': yaml('Secret', 'b', `{ sealed: ${quoted(armour)} }`),
    };
    expect((await codes(files)).map(each => [each[0], each[1]])).toEqual([['secret/copied', 'tenants/fraud/s.yaml']]);
  });

  test.each([
    ['db.env', 'PASSWORD=ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]\nsops_mac=ENC[x]\nsops_version=3.9.0\n'],
    ['db.ini', '[db]\npassword = ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]\n\n[sops]\nversion = 3.9.0\n'],
  ])(
    'a SOPS file that is sealed in another form (%s) is named as such, and not taken for a secret in clear',
    async (file, text) => {
      const files = { [`tenants/shop/${file}`]: text, 'tenants/shop/s.yaml': yaml('Secret', 'a', `{ file: ${file} }`) };
      expect((await codes(files)).map(each => each[0])).toEqual(['secret/other-form']);
    },
  );

  test('another value for another environment needs another key, which a variable gives', async () => {
    const patch = (key: string) => ({
      'tenants/shop/s.yaml': secret('a', key),
      'tenants/shop/environments/prod/s.yaml': yaml('Secret', 'a', `{ sealed: ${quoted(another)} }`),
    });
    expect((await codes(patch(''), ['prod'])).map(each => each[0])).toEqual(['secret/shared-key']);
    expect(await codes(patch(', key: "shop/${var.stage}/a"'), ['dev', 'prod'])).toEqual([]);
  });

  test('accounts come after the secrets that they may need', () => {
    const order = workOrder(new Map(kinds.map(kind => [kind.name, kind]))).map(kind => kind.name);
    expect(order.indexOf('Secret')).toBeLessThan(order.indexOf('ServiceAccount'));
  });
});
