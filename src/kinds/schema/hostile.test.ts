import { beforeAll, describe, expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: main }, prefix: dev. }'),
  'platform/main.yaml': yaml('KafkaCluster', 'main', '{ connection: local }'),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
};
const inFile = (type: string, text: string) => ({
  'tenants/shop/a.yaml': yaml('Schema', 'shop.orders-value', `{ type: ${type}, file: order.txt }`),
  'tenants/shop/order.txt': text,
});

/** The problems of a landscape and the CPU time that finding them took: wall time says more of the machine's other work. */
async function checked(files: Record<string, string>) {
  const before = process.cpuUsage();
  const { problems } = await checkTexts({ ...frame, ...files });
  const { user, system } = process.cpuUsage(before);
  return { problems, cpuMs: (user + system) / 1_000 };
}

beforeAll(() => checked({}));

describe('a hostile text is refused at once', () => {
  const megabyte = 1_000_000;
  test.each([
    ['AVRO, 5 MB long', 'AVRO', JSON.stringify({ type: 'record', name: 'Order', doc: 'x'.repeat(5 * megabyte), fields: [] })],
    ['AVRO, lists in lists', 'AVRO', '['.repeat(megabyte / 2) + ']'.repeat(megabyte / 2)],
    ['JSON, objects in objects', 'JSON', '{"not":'.repeat(megabyte / 8) + '1' + '}'.repeat(megabyte / 8)],
    ['PROTOBUF, comments that never end', 'PROTOBUF', '/* '.repeat(megabyte / 3)],
    ['PROTOBUF, texts that never end', 'PROTOBUF', '"\\'.repeat(megabyte / 2)],
    ['PROTOBUF, messages in messages', 'PROTOBUF', 'message A { '.repeat(megabyte / 12)],
    ['PROTOBUF, a package of blanks', 'PROTOBUF', `package ${' '.repeat(megabyte / 2)}x${' '.repeat(megabyte / 2)}`],
  ])('%s', { timeout: 20_000 }, async (_name, type, text) => {
    const { problems, cpuMs } = await checked(inFile(type, text));
    expect(problems.map(each => each.code)).toEqual(['schema/invalid']);
    expect(cpuMs).toBeLessThan(1_000);
  });
});
