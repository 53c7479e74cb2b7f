import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { importFiles, patchBetween } from './import.ts';

const topic = (cluster: string, partitions: number, tenant: string | null = 'shop') => ({
  kind: 'Topic',
  name: 'shop.orders',
  tenant,
  cluster,
  spec: { partitions, config: { 'retention.ms': '1' } },
});
const placing = { environment: 'prod', clusterOf: () => 'main' };
const read = (text: string | undefined) => parseAllDocuments(text ?? '').map(each => each.toJS());

describe('import', () => {
  test("writes into the environment's folder of the tenant that owns the name, to be created there", () => {
    const files = importFiles([topic('main', 3)], placing);
    expect([...files.keys()]).toEqual(['tenants/shop/environments/prod/imported-topic.yaml']);
    expect(read([...files.values()][0])).toEqual([
      {
        apiVersion: 'kaas.dev/v1',
        kind: 'Topic',
        $patch: 'create',
        metadata: { name: 'shop.orders' },
        spec: { partitions: 3, config: { 'retention.ms': '1' } },
      },
    ]);
  });

  test('writes what nobody owns under unassigned', () => {
    expect([...importFiles([topic('main', 3, null)], placing).keys()]).toEqual([
      'platform/environments/prod/unassigned/imported-topic.yaml',
    ]);
  });

  test('one document per name; where clusters differ, a patch that selects the cluster', () => {
    const [text] = importFiles([topic('us', 6), topic('main', 3)], placing).values();
    const [first, patch] = read(text);
    expect(first.metadata).toEqual({ name: 'shop.orders', clusters: ['main', 'us'] });
    expect(patch).toMatchObject({ metadata: { name: 'shop.orders', clusters: ['us'] }, spec: { partitions: 6 } });
  });

  test('the patch between two specs removes by null', () => {
    expect(patchBetween({ a: 1, b: { c: 1 } }, { b: { c: 2 } })).toEqual({ a: null, b: { c: 2 } });
  });
});
