import { expect, test } from 'vitest';
import { checkTexts, shop, yaml } from './offline.ts';

const sealed = 'db: ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]\nsops:\n  version: 3.9.0\n';
const codes = async (files: Record<string, string>) =>
  (await checkTexts({ ...shop, ...files })).problems.map(each => [each.code, each.at?.file]);

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

test('an empty file and a `null` in place of a document are told, a file of comments and an empty part are not', async () => {
  const { problems } = await checkTexts({
    ...shop,
    'tenants/shop/empty.yaml': '\n',
    'tenants/shop/dashes.yaml': '---\n---\n',
    'tenants/shop/null.yaml': 'null\n',
    'tenants/shop/comment.yaml': '# to come\n',
    'tenants/shop/parts.yaml': `---\n${yaml('Topic', 'shop.orders', '{ partitions: 1, replicationFactor: 1 }')}---\n`,
  });
  expect(problems.map(each => [each.code, each.severity, each.at?.file])).toEqual([
    ['load/not-a-document', 'error', 'tenants/shop/null.yaml'],
    ['load/empty-file', 'warning', 'tenants/shop/dashes.yaml'],
    ['load/empty-file', 'warning', 'tenants/shop/empty.yaml'],
  ]);
});
