import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterFacts, Difference, Live } from '../kind.ts';
import { assess } from './assess.ts';
import { brokerSpelling, sameConfig } from './config-values.ts';
import { newReplicas, roomOn } from './placement.ts';
import { reasons } from './problems.ts';
import { replicationFactor } from './reassign.ts';

const cluster = (brokers: number, names: string[] = []): ClusterFacts => ({
  clusterId: 'c',
  brokers: Array.from({ length: brokers }, (_, id) => ({ id, rack: null })),
  live: new Map(names.map(name => [name, {} as Live])),
});
const difference = (
  action: Difference['action'],
  fields: [string, string | number | null, string | number | null][],
  remoteName = 'a',
): Difference => ({
  action,
  remoteName,
  resource: undefined,
  live: undefined,
  fields: fields.map(([path, from, to]) => ({ path, from, to })),
});
const impossible = (each: Difference, facts: ClusterFacts) => assess(each, facts).impossible?.map(reason => reason.code);

describe('what a cluster would refuse is known from rules', () => {
  test('partitions cannot shrink', () =>
    expect(impossible(difference('update', [['partitions', 6, 3]]), cluster(1))).toEqual([reasons.shrink]));
  test('replication above the number of brokers', () =>
    expect(impossible(difference('create', [['replicationFactor', null, 3]]), cluster(1))).toEqual([
      reasons.replicationAboveBrokers,
    ]));
  test('a name that collides with one on the cluster', () =>
    expect(impossible(difference('create', [], 'a.b'), cluster(1, ['a_b']))).toEqual([reasons.collision]));
  test('min.insync.replicas above the replication factor', () =>
    expect(
      impossible(
        difference('create', [
          ['replicationFactor', null, 1],
          ['config.min.insync.replicas', null, '2'],
        ]),
        cluster(1),
      ),
    ).toEqual([reasons.minInsync]));
});

test('growing partitions says that keys move', () => {
  const { risks, reasons: said } = assess(difference('update', [['partitions', 3, 6]]), cluster(1));
  expect(risks?.partitions).toBe('disruptive');
  expect(said?.[0]?.message).toContain('50 %');
});

test('a shorter retention is destructive, a longer one safe', () => {
  expect(assess(difference('update', [['config.retention.ms', '1000', '10']]), cluster(1)).risks).toEqual({
    'config.retention.ms': 'destructive',
  });
  expect(assess(difference('update', [['config.retention.ms', '10', '-1']]), cluster(1)).risks).toEqual({});
});

test('durations and sizes are written as the broker spells them', () => {
  expect(brokerSpelling('retention.ms', '7d')).toBe('604800000');
  expect(brokerSpelling('retention.bytes', '10GiB')).toBe('10737418240');
  expect(brokerSpelling('retention.ms', 'soon')).toBeUndefined();
  expect(brokerSpelling('retention.ms', -1)).toBe('-1');
  expect(sameConfig('cleanup.policy', 'delete,compact', 'compact,delete')).toBe(true);
});

test('a moved partition keeps its leader, uses no broker twice and as many racks as it can', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.nat(20), (count, wanted, index) => {
      const brokers = Array.from({ length: count }, (_, id) => ({ id, host: '', port: 0, rack: `r${id % 2}` }));
      const leader = index % count;
      const chosen = newReplicas(
        { index, leader, replicas: [leader], inSync: [leader] },
        Math.min(wanted, count),
        roomOn(brokers, []),
      );
      expect(chosen[0]).toBe(leader);
      expect(new Set(chosen).size).toBe(Math.min(wanted, count));
      if (count > 1 && wanted > 1) expect(new Set(chosen.map(id => id % 2)).size).toBe(2);
    }),
  );
});

const rackless = (count: number) =>
  roomOn(
    Array.from({ length: count }, (_, index) => ({ id: index + 1, host: '', port: 0, rack: null })),
    [],
  );

test('many small topics that get more replicas load all brokers alike', () => {
  const room = rackless(3);
  for (let topic = 0; topic < 300; topic++) {
    const leader = (topic % 3) + 1;
    newReplicas({ index: 0, leader, replicas: [leader], inSync: [leader] }, 2, room);
  }
  expect([...room.load.values()]).toEqual([100, 100, 100]);
});

test('fewer replicas: the dead and those that are behind go first, never the leader', () => {
  const partition = (leader: number, replicas: number[], inSync: number[]) => ({ index: 0, leader, replicas, inSync });
  expect(newReplicas(partition(2, [4, 1, 2], [1, 2]), 2, rackless(3))).toEqual([1, 2]);
  expect(newReplicas(partition(2, [3, 1, 2], [1, 2]), 2, rackless(3))).toEqual([1, 2]);
  expect(newReplicas(partition(3, [1, 2, 3], [1, 2, 3]), 1, rackless(3))).toEqual([3]);
});

test('a topic whose replicas are on their way is not asked for again', () => {
  const live = { fields: {}, defaults: {}, details: { moving: 2 } } as unknown as Live;
  const change = { ...difference('update', [['replicationFactor', 1, 3]]), live };
  expect(assess(change, cluster(3)).inProgress).toMatchObject([{ code: reasons.moving }]);
  expect(assess({ ...change, live: { ...live, details: { moving: 0 } } }, cluster(3)).inProgress).toEqual([]);
});

test('while a broker is down a new topic may have replicas there, and an old one gets none', () => {
  const facts = cluster(2);
  const partitions = [{ index: 0, leader: 0, replicas: [0, 1, 7], inSync: [0, 1] }];
  const one = { ...facts, live: new Map([['a', { details: { partitions } } as unknown as Live]]) };
  const create = assess(difference('create', [['replicationFactor', null, 3]]), one);
  expect(create).toMatchObject({
    impossible: [],
    reasons: [{ code: reasons.brokerDown, message: expect.stringContaining('broker 7') }],
  });
  expect(assess(difference('create', [['replicationFactor', null, 4]]), one).impossible).toMatchObject([
    { code: reasons.replicationAboveBrokers },
  ]);
  const update = assess(difference('update', [['replicationFactor', 1, 3]]), one);
  expect(update.impossible).toMatchObject([{ message: 'Replication factor 3 needs 3 brokers; 2 of 3 answer, not broker 7.' }]);
});

test('a topic has as many replicas as wished only when every partition has them, those on their way not counted', () => {
  const of = (...replicas: number[][]) =>
    replicas.map((ids, index) => ({ index, leader: ids[0] as number, replicas: ids, inSync: ids }));
  const coming = [{ topic: 'a', partition: 0, replicas: [1, 2, 3], adding: [2, 3], removing: [] }];
  expect(replicationFactor(of([1, 2, 3], [1, 2, 3]), [], 3)).toBe(3);
  expect(replicationFactor(of([1, 2, 3], [1]), [], 3)).toBe(1);
  expect(replicationFactor(of([1, 2, 3], [1]), [], 1)).toBe(3);
  expect(replicationFactor(of([1, 2, 3]), coming, 3)).toBe(1);
  expect(replicationFactor(of([1, 2, 3]), coming, 1)).toBe(3);
});
