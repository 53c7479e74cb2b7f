import { expect, test } from 'vitest';
import { checkTexts, yaml } from './offline.ts';

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: main } }'),
  'platform/main.yaml': yaml('KafkaCluster', 'main', '{ connection: local }'),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
};
const sealed = 'db: ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]\nsops:\n  version: 3.9.0\n';
const codes = async (files: Record<string, string>) =>
  (await checkTexts({ ...frame, ...files })).problems.map(each => [each.code, each.at?.file]);

test("a YAML file that a document refers to is that document's file, not a document that went wrong", async () => {
  const secret = yaml('Secret', 'db', '{ file: db.sops.yaml }');
  expect(await codes({ 'tenants/shop/s.yaml': secret, 'tenants/shop/db.sops.yaml': sealed })).toEqual([]);
});

test('a YAML file that nothing refers to is still told, and so is a document of ours that something refers to', async () => {
  expect(await codes({ 'tenants/shop/db.sops.yaml': sealed })).toContainEqual(['load/unknown-kind', 'tenants/shop/db.sops.yaml']);
  const files = {
    'tenants/shop/s.yaml': yaml('Secret', 'db', '{ file: t.yaml }'),
    'tenants/shop/t.yaml': yaml('Tpic', 'shop.t', '{}'),
  };
  expect(await codes(files)).toEqual([
    ['load/unknown-kind', 'tenants/shop/t.yaml'],
    ['secret/not-sealed', 'tenants/shop/s.yaml'],
  ]);
});
