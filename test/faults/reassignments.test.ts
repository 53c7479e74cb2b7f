import { describe, expect, test } from 'vitest';
import { detectDrift } from '#flow/drift.ts';
import { preview, reconcile } from '#flow/flow.ts';
import type { Outside } from '#flow/outside.ts';
import { resumeIfNeeded } from '#flow/resume.ts';
import { ourRate } from '#model/replication-throttle.ts';
import type { Kafka } from '#ports/kafka.ts';
import { emptyCluster, type MemoryCluster, memoryKafka } from '#targets/memory/kafka.ts';
import { arrive } from '#targets/memory/kafka-replicas.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

/** A slow cluster on which `t.orders` stands with one replica, and Git that asks for three. */
async function wishForThree(kafka: (memory: Kafka) => Partial<Kafka> = () => ({})) {
  const cluster = emptyCluster();
  const memory = memoryKafka(cluster);
  const files = new Map(frame());
  const topic = (replicationFactor: number) =>
    files.set('tenants/t/orders.yaml', document('Topic', 't.orders', { partitions: 2, replicationFactor }));
  files.set(
    'platform/clusters/main.yaml',
    document('KafkaCluster', 'main', { connection: 'local', brokerConfig: { 1: { 'log.cleaner.threads': 2 } } }),
  );
  topic(1);
  let calls: Partial<Kafka> = {};
  const outside = memoryOutside(
    files,
    new Proxy(memory, { get: (target, name) => Reflect.get(calls, name) ?? Reflect.get(target, name) }),
  );
  await apply(outside);
  cluster.slow = true;
  calls = kafka(memory);
  topic(3);
  return { outside, cluster, memory, topic, heal: () => void (calls = {}) };
}

async function apply(outside: Outside) {
  await resumeIfNeeded(outside, 'dev');
  const { checked, plan } = await preview(outside, 'dev');
  if (plan === undefined || checked.frame === undefined) throw new Error('no plan');
  return (await reconcile(outside, plan, { partial: false, frame: checked.frame })).changes.map(each => each.outcome.state);
}

const planned = async (outside: Outside) => (await preview(outside, 'dev')).plan;
const openIntents = async (outside: Outside) => (await (await outside.store({ environments: ['dev'] })).openIntents({})).length;

/** Every throttle on the cluster, ours and others'. */
const throttles = (cluster: MemoryCluster): string[] =>
  [...[...cluster.topics].map(([name, { config }]) => [`topic\t${name}`, config] as const), ...cluster.configs].flatMap(
    ([name, config]) =>
      [...config]
        .filter(([key]) => key.includes('throttled'))
        .map(([key, value]) => `${name} ${key}=${value}`.replace('\t', ' ')),
  );

describe('replicas that take long to move', () => {
  test('leave the change in progress, asked for once, until they are there; then throttles and intent are gone', async () => {
    const { outside, cluster } = await wishForThree();
    expect(await apply(outside)).toEqual(['started']);
    expect(throttles(cluster)).toContain(`broker 3 leader.replication.throttled.rate=${ourRate}`);
    expect(throttles(cluster)).toHaveLength(2 + 3 * 2);
    const plan = await planned(outside);
    expect(plan).toMatchObject({
      summary: { inProgress: 1, update: 0, unchanged: 1 },
      changes: [
        {
          state: 'inProgress',
          fields: [{ path: 'replicationFactor', from: 1, to: 3 }],
          reasons: [{ code: 'topic/replicas-moving', message: 'Replicas of 2 partitions are being moved.' }],
        },
      ],
    });
    expect((await detectDrift(outside, 'dev')).plan?.changes).toMatchObject([{ state: 'inProgress', kind: 'Topic' }]);
    expect(await apply(outside)).toEqual(['skipped']);
    expect(await openIntents(outside)).toBe(1);
    arrive(cluster);
    expect(await apply(outside)).toEqual([]);
    expect(throttles(cluster)).toEqual([]);
    expect(await openIntents(outside)).toBe(0);
    expect((await planned(outside))?.changes).toEqual([]);
  });

  test('are waited for although Git asks for something else by now', async () => {
    const { outside, cluster, topic } = await wishForThree();
    await apply(outside);
    topic(1);
    expect((await planned(outside))?.changes).toMatchObject([{ state: 'inProgress', fields: [{ from: 3, to: 1 }] }]);
    expect(await resumeIfNeeded(outside, 'dev')).toBe(0);
    arrive(cluster);
    expect(await resumeIfNeeded(outside, 'dev')).toBe(1);
    expect(throttles(cluster)).toEqual([]);
    expect((await planned(outside))?.changes).toMatchObject([{ state: 'ready', fields: [{ from: 3, to: 1 }] }]);
  });

  test('that somebody else asked for are in progress too, and nothing is asked for again', async () => {
    const { outside, cluster, memory } = await wishForThree();
    await memory.reassign([{ topic: 't.orders', partition: 0, replicas: [1, 2, 3] }]);
    expect((await planned(outside))?.changes).toMatchObject([{ state: 'inProgress' }]);
    expect(await apply(outside)).toEqual(['skipped']);
    expect(throttles(cluster)).toEqual([]);
  });

  test("keep somebody else's throttles, during and afterwards", async () => {
    const { outside, cluster, memory } = await wishForThree();
    const rate = 'follower.replication.throttled.rate';
    const replicas = 'leader.replication.throttled.replicas';
    const theirs = [`topic t.orders ${replicas}=*`, `broker 2 ${rate}=1000`];
    await memory.alterConfigs(
      [
        { type: 'broker', name: '2', set: { [rate]: '1000' }, unset: [] },
        { type: 'topic', name: 't.orders', set: { [replicas]: '*' }, unset: [] },
      ],
      { validateOnly: false },
    );
    await apply(outside);
    expect(throttles(cluster)).toEqual(expect.arrayContaining([...theirs, `broker 1 ${rate}=${ourRate}`]));
    arrive(cluster);
    await apply(outside);
    expect(throttles(cluster).toSorted()).toEqual(theirs.toSorted());
  });
});

describe('a run that dies', () => {
  const killed = new TypeError('killed');

  test('between throttling and moving leaves throttles, which the next run takes off before it asks anew', async () => {
    const { outside, cluster, heal } = await wishForThree(() => ({ reassign: () => Promise.reject(killed) }));
    await expect(apply(outside)).rejects.toThrow(killed);
    expect(throttles(cluster)).not.toEqual([]);
    heal();
    expect(await resumeIfNeeded(outside, 'dev')).toBe(1);
    expect(throttles(cluster)).toEqual([]);
    expect(await apply(outside)).toEqual(['started']);
  });

  test('after the controller took the order is taken up: in progress, then done, then nothing is left', async () => {
    const { outside, cluster, heal } = await wishForThree(memory => ({
      reassign: async wishes => {
        await memory.reassign(wishes);
        throw killed;
      },
    }));
    await expect(apply(outside)).rejects.toThrow(killed);
    heal();
    expect(await apply(outside)).toEqual(['skipped']);
    arrive(cluster);
    expect(await apply(outside)).toEqual([]);
    expect(throttles(cluster)).toEqual([]);
    expect(await openIntents(outside)).toBe(0);
  });
});

test('a broker that is down keeps its throttle and the change open; both go when it is back', async () => {
  const { outside, cluster, heal } = await wishForThree(memory => ({
    async describeCluster() {
      const found = await memory.describeCluster();
      const arrived = [...cluster.topics.values()].every(topic => topic.moving === undefined && topic.replicationFactor === 3);
      return arrived ? { ...found, brokers: found.brokers.filter(broker => broker.id !== 3) } : found;
    },
  }));
  await apply(outside);
  arrive(cluster);
  expect(await apply(outside)).toEqual([]);
  expect(throttles(cluster)).toHaveLength(2);
  expect(await openIntents(outside)).toBe(1);
  heal();
  expect(await apply(outside)).toEqual([]);
  expect(throttles(cluster)).toEqual([]);
  expect(await openIntents(outside)).toBe(0);
});
