import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Change } from '#model/change.ts';
import { within } from '../connect-worker.ts';
import { applied, copyOf, upIn } from '../example-landscape.ts';
import { consumeOn, kafkaToolOn, produceOn } from '../kafka-tools.ts';
import { run } from '../landscape.ts';

const group = 'shop.billing';
const orders = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `order-${from + index}`);

/** The offset after the last record of a topic, and how far the group has come there. */
async function standOn(landscape: string, cluster: string, topic: string): Promise<{ end: number; group: number | undefined }> {
  const ends = await kafkaToolOn(landscape, cluster, 'offsets', '--topic', topic).catch(() => '');
  const described = await kafkaToolOn(landscape, cluster, 'groups', '--describe', '--group', group, '--offsets').catch(() => '');
  const line = described.split('\n').find(each => each.includes(` ${topic} `));
  const offset = line?.trim().split(/\s+/)[3];
  return { end: Number(/:0:(\d+)/.exec(ends)?.[1] ?? 0), group: offset === undefined ? undefined : Number(offset) };
}

test.skipIf(process.env.KAAS_PROOF !== 'federation')(
  'records and group offsets go from one cluster to the other, also past the death of the source',
  {
    timeout: 400_000,
  },
  async () => {
    const directory = copyOf('federation');
    await upIn(directory, '--with', 'connect');
    await applied(directory, 'prod');
    const mirrored = 'berlin.shop.orders';
    const arrives = async (want: { end: number; group: number }) => {
      let seen: unknown;
      const there = await within(90_000, async () => {
        const stand = await standOn(directory, 'dublin', mirrored);
        seen = stand;
        return stand.end === want.end && stand.group === want.group;
      });
      expect(there ? want : seen).toEqual(want);
    };

    await produceOn(directory, 'berlin', 'shop.orders', orders(0, 10));
    expect(await consumeOn(directory, 'berlin', { topic: 'shop.orders', group, count: 6 })).toEqual(orders(0, 6));
    await arrives({ end: 10, group: 6 });

    const { nodes } = JSON.parse(readFileSync(join(directory, '.kaas/up/berlin/cluster.json'), 'utf8'));
    process.kill(nodes[0].pid, 'SIGKILL');
    const cutOff = await run(directory, ['plan', 'prod', '-o', 'json']);
    const plan = JSON.parse(cutOff.stdout);
    expect(plan.changes).toEqual([]);
    expect(JSON.stringify(plan.problems)).toContain('berlin');

    expect((await run(directory, ['up', '--with', 'connect'])).code).toBe(0);
    await produceOn(directory, 'berlin', 'shop.orders', orders(10, 15));
    expect(await consumeOn(directory, 'berlin', { topic: 'shop.orders', group, count: 2 })).toEqual(orders(6, 8));
    await arrives({ end: 15, group: 8 });
    expect(await consumeOn(directory, 'dublin', { topic: mirrored, group, count: 7 })).toEqual(orders(8, 15));
    await applied(directory, 'prod');

    const topics = join(directory, 'tenants/shop/topics.yaml');
    writeFileSync(topics, readFileSync(topics, 'utf8').replace('mirror: berlin-to-dublin', 'mirror: another'));
    const withdrawn: Change[] = JSON.parse((await run(directory, ['plan', 'prod', '-o', 'json'])).stdout).changes;
    expect(withdrawn.map(each => [each.kind, each.action, each.state]).toSorted()).toEqual([
      ['Connector', 'delete', 'blocked'],
      ['Connector', 'delete', 'blocked'],
      ['Mirror', 'create', 'blocked'],
    ]);
  },
);
