import { afterEach, describe, expect, test } from 'vitest';
import { kafkaTool, produceAs } from '../kafka-tools.ts';
import { manifest, type TestLandscape, testLandscape } from '../landscape.ts';

const threeBrokers = process.env.KAAS_TEST_BROKERS !== '1';

const write = (landscape: TestLandscape, spec: object) =>
  landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', spec));

/** Per partition its replicas and those in sync, in Kafka's own words. */
async function partitions(topic: string): Promise<{ replicas: number; inSync: number; leader: string }[]> {
  const described = await kafkaTool('topics', '--describe', '--topic', topic);
  return [...described.matchAll(/Leader: (\S+)\s+Replicas: (\S+)\s+Isr: (\S+)/g)].map(([, leader, replicas, inSync]) => ({
    leader: leader as string,
    replicas: (replicas as string).split(',').length,
    inSync: (inSync as string).split(',').length,
  }));
}

const configOf = (type: 'topics' | 'brokers', name: string): Promise<string> =>
  kafkaTool('configs', '--describe', '--entity-type', type, '--entity-name', name);

/** Another test on the same cluster may have it for a moment. */
const withoutOurRate = (broker: string) =>
  expect.poll(() => configOf('brokers', broker), { timeout: 30_000 }).not.toContain('52428073');

describe.runIf(threeBrokers)('the replication factor of a topic', () => {
  test('goes from 1 to 3 and from 3 to 2, with the leaders where they were, and nothing of ours is left on topic or brokers', {
    timeout: 300_000,
  }, async () => {
    const landscape = testLandscape();
    const remote = `${landscape.prefix}shop.orders`;
    write(landscape, { partitions: 3, replicationFactor: 1 });
    await landscape.apply();
    const before = await partitions(remote);
    write(landscape, { partitions: 3, replicationFactor: 3 });
    const grown = await landscape.apply();
    expect(grown).toMatchObject({ code: 0, changes: [{ action: 'update', outcome: { state: 'applied' } }] });
    expect(await partitions(remote)).toEqual(before.map(({ leader }) => ({ leader, replicas: 3, inSync: 3 })));
    expect((await landscape.plan()).changes).toEqual([]);
    write(landscape, { partitions: 3, replicationFactor: 2 });
    expect(await landscape.apply()).toMatchObject({ code: 0, changes: [{ outcome: { state: 'applied' } }] });
    expect(await partitions(remote)).toEqual(before.map(({ leader }) => ({ leader, replicas: 2, inSync: 2 })));
    expect((await landscape.plan()).changes).toEqual([]);
    expect(await configOf('topics', remote)).not.toContain('throttled');
    for (const broker of ['1', '2', '3']) await withoutOurRate(broker);
  });

  test('grows together with the partitions: every partition has it, the new ones too', { timeout: 300_000 }, async () => {
    const landscape = testLandscape();
    write(landscape, { partitions: 2, replicationFactor: 1 });
    await landscape.apply();
    write(landscape, { partitions: 5, replicationFactor: 3 });
    expect(await landscape.apply()).toMatchObject({ code: 0, changes: [{ outcome: { state: 'applied' } }] });
    const found = await partitions(`${landscape.prefix}shop.orders`);
    expect(found.map(({ replicas, inSync }) => [replicas, inSync])).toEqual(Array.from({ length: 5 }, () => [3, 3]));
    expect((await landscape.plan()).changes).toEqual([]);
  });
});

describe.runIf(threeBrokers)('a reassignment that takes long', () => {
  const leaderRate = 'leader.replication.throttled.rate';
  const rate = async (change: string) => {
    for (const broker of ['1', '2', '3'])
      await kafkaTool('configs', '--alter', '--entity-type', 'brokers', '--entity-name', broker, ...change.split(' '));
  };
  afterEach(() => rate(`--delete-config ${leaderRate}`));

  test('is in progress until it is done; a rate of somebody else stays, our throttles are there meanwhile and gone afterwards', {
    timeout: 300_000,
  }, async () => {
    const landscape = testLandscape();
    const remote = `${landscape.prefix}shop.orders`;
    write(landscape, { replicationFactor: 1 });
    await landscape.apply();
    const login = { user: process.env.KAAS_TEST_ADMIN_USER ?? '', password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '' };
    expect(
      (
        await produceAs(
          login,
          remote,
          Array.from({ length: 4_000 }, () => 'x'.repeat(1_000)),
        )
      ).code,
    ).toBe(0);
    await rate(`--add-config ${leaderRate}=10000`);
    write(landscape, { replicationFactor: 3 });
    const begun = await landscape.apply();
    expect(begun).toMatchObject({ code: 0, changes: [{ outcome: { state: 'started' } }] });
    expect(await configOf('topics', remote)).toMatch(/leader\.replication\.throttled\.replicas=0:\d/);
    expect(await configOf('brokers', '1')).toMatch(/follower\.replication\.throttled\.rate=52428073/);

    const meanwhile = await landscape.kaas('plan', 'dev', '-o', 'json', '--exit-code');
    expect(meanwhile.code).toBe(0);
    expect(JSON.parse(meanwhile.stdout)).toMatchObject({
      summary: { inProgress: 1, update: 0 },
      changes: [{ state: 'inProgress', fields: [{ path: 'replicationFactor', from: 1, to: 3 }] }],
    });
    const again = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect(again).toMatchObject({ code: 0, requests: { writes: 0 } });

    await rate(`--add-config ${leaderRate}=100000000`);
    for (let attempt = 0; attempt < 60 && (await partitions(remote))[0]?.inSync !== 3; attempt++);
    const ended = await landscape.apply();
    expect(ended).toMatchObject({ code: 0, changes: [] });
    expect(await partitions(remote)).toMatchObject([{ replicas: 3, inSync: 3 }]);
    expect(await configOf('topics', remote)).not.toContain('throttled');
    expect(await configOf('brokers', '1')).toContain(`${leaderRate}=100000000`);
    await withoutOurRate('1');
    expect((await landscape.plan()).changes).toEqual([]);
    const status = JSON.parse((await landscape.kaas('status', 'dev', '-o', 'json')).stdout);
    expect(status.environments).toMatchObject([{ open: 0, drifted: 0 }]);
  });
});
