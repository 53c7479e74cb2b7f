import { expect, test } from 'vitest';
import { Fault, refused } from '#model/fault.ts';
import type { ConfigRequest, Kafka } from '#ports/kafka.ts';
import type { ClusterPorts, ReadScope } from '../kind.ts';
import { read } from './via-kafka.ts';

const unknown = refused(new Fault('kafka/unknown-topic-or-partition', 'This server does not host this topic-partition.'));
const retention = { name: 'retention.ms', value: '1', source: 'topic', sensitive: false, readOnly: false } as const;

/** A cluster that lists `orders` and knows its configuration from the given request on. */
function cluster(knownFrom: number): { ports: ClusterPorts; asked: string[][] } {
  const asked: string[][] = [];
  const kafka: Pick<Kafka, 'listTopics' | 'describeConfigs'> = {
    listTopics: async () => [{ name: 'orders', id: 'id', internal: false, partitions: [] }],
    async describeConfigs(requests: readonly ConfigRequest[]) {
      if (requests.length > 0) asked.push(requests.map(each => each.name));
      return requests.map(() => (asked.length >= knownFrom ? { ok: true, value: [retention] } : unknown));
    },
  };
  return { ports: { kafka } as unknown as ClusterPorts, asked };
}
const scope = {
  desired: [],
  owned: new Map([['orders', {}]]),
  depth: 'essential',
  confirm: false,
  foreign: false,
} as unknown as ReadScope;

test('configuration of what we own is asked for once, beside the list', async () => {
  const { ports, asked } = cluster(1);
  expect(await read(ports, scope)).toMatchObject([{ remoteName: 'orders', fields: { 'config.retention.ms': '1' } }]);
  expect(asked).toEqual([['orders']]);
});

test('a topic that is listed a moment after its configuration was asked for is asked for again', async () => {
  const { ports, asked } = cluster(2);
  expect(await read(ports, scope)).toMatchObject([{ remoteName: 'orders', fields: { 'config.retention.ms': '1' } }]);
  expect(asked).toHaveLength(2);
});

test('a listed topic whose configuration stays unknown is a fault, never a topic without configuration', async () => {
  await expect(read(cluster(9).ports, scope)).rejects.toThrow('does not host');
});
