import { expect, test } from 'vitest';
import { kafkaTool } from '../kafka-tools.ts';
import { testLandscape } from '../landscape.ts';

const slow = 180_000;

test(
  'values of every spelling are applied once: booleans in capitals, lists in another order, numbers as YAML writes them',
  async () => {
    const landscape = testLandscape();
    landscape.write(
      'tenants/shop/orders.yaml',
      `apiVersion: kaas.dev/v1
kind: Topic
metadata: { name: shop.orders }
spec:
  config:
    flush.ms: "9223372036854775807"
    retention.ms: -1
    cleanup.policy: "delete , compact"
    preallocate: "TRUE"
    unclean.leader.election.enable: True
    min.cleanable.dirty.ratio: "5e-1"
    segment.bytes: 0x10000000
    max.message.bytes: 1MiB
`,
    );
    expect((await landscape.apply()).code).toBe(0);
    const again = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect([JSON.parse(again.stdout).changes, again.requests.writes]).toEqual([[], 0]);
    const entity = ['--entity-type', 'topics', '--entity-name', `${landscape.prefix}shop.orders`];
    const described = await kafkaTool('configs', '--describe', ...entity);
    for (const set of ['flush.ms=9223372036854775807', 'retention.ms=-1', 'preallocate=true', 'segment.bytes=268435456'])
      expect(described).toContain(set);
  },
  slow,
);
