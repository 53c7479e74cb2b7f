import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ItemResult } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { AclBinding, Kafka } from '#ports/kafka.ts';

const codes = (results: readonly ItemResult<unknown>[]): string[] =>
  results.map(result => (result.ok ? 'ok' : result.fault.code));
const now = { validateOnly: false };
const only = { validateOnly: true };

/** What the flow relies on, whoever answers: the same story from memory and from real brokers. Three brokers at most. */
export function kafkaContract(name: string, open: () => Promise<Kafka>): void {
  describe(name, () => {
    const prefix = `c${randomBytes(4).toString('hex')}.`;
    let kafka: Kafka;
    beforeAll(async () => {
      kafka = await open();
    });
    afterAll(async () => {
      await kafka[Symbol.asyncDispose]();
    });
    const topic = (suffix: string, more: object = {}) => ({
      name: prefix + suffix,
      partitions: 1,
      replicationFactor: 1,
      config: {},
      ...more,
    });
    const listed = async (suffix: string) => (await kafka.listTopics()).find(each => each.name === prefix + suffix);
    /** Metadata spreads to the brokers after the call: ask until it is there. */
    const visible = async <Value>(ask: () => Promise<Value | undefined>): Promise<Value> => {
      for (let attempt = 0; attempt < 100; attempt++) {
        const found = await ask();
        if (found !== undefined) return found;
        await sleep(50);
      }
      throw new Error('it never became visible');
    };

    test('says which cluster it is and which brokers it has', async () => {
      const { clusterId, brokers } = await kafka.describeCluster();
      expect(clusterId.length).toBeGreaterThan(0);
      expect(brokers.length).toBeGreaterThan(0);
    });

    test('creates good topics beside bad ones and says per topic what was wrong', async () => {
      const wishes = [
        topic('good', { partitions: 3, config: { 'retention.ms': '1000' } }),
        topic('bad name'),
        topic('unknown-key', { config: { 'retention.mss': '1' } }),
        topic('bad-value', { config: { 'retention.ms': 'soon' } }),
        topic('too-many-replicas', { replicationFactor: 30 }),
      ];
      const expected = [
        'ok',
        'kafka/invalid-topic-exception',
        'kafka/invalid-config',
        'kafka/invalid-config',
        'kafka/invalid-replication-factor',
      ];
      expect(codes(await kafka.createTopics(wishes, only))).toEqual(expected);
      expect(await listed('good')).toBeUndefined();
      expect(codes(await kafka.createTopics(wishes, now))).toEqual(expected);
      expect((await visible(() => listed('good'))).partitions.length).toBe(3);
      expect(codes(await kafka.createTopics([topic('good')], now))).toEqual(['kafka/topic-already-exists']);
    });

    test('refuses a name that collides by . and _', async () => {
      await kafka.createTopics([topic('a.b')], now);
      await visible(() => listed('a.b'));
      expect(codes(await kafka.createTopics([topic('a_b')], only))).toEqual(['kafka/invalid-topic-exception']);
    });

    test('grows partitions, never shrinks them', async () => {
      await kafka.createTopics([topic('grow')], now);
      await visible(() => listed('grow'));
      expect(codes(await kafka.createPartitions([{ topic: `${prefix}grow`, total: 2 }], now))).toEqual(['ok']);
      await visible(async () => ((await listed('grow'))?.partitions.length === 2 ? true : undefined));
      expect(codes(await kafka.createPartitions([{ topic: `${prefix}grow`, total: 1 }], only))).toEqual([
        'kafka/invalid-partitions',
      ]);
      expect(codes(await kafka.createPartitions([{ topic: `${prefix}none`, total: 2 }], only))).toEqual([
        'kafka/unknown-topic-or-partition',
      ]);
    });

    test('changes configuration key by key and tells what is set from what is default', async () => {
      await kafka.createTopics([topic('config', { config: { 'segment.ms': '5000' } })], now);
      await visible(() => listed('config'));
      const name = `${prefix}config`;
      const answers = await kafka.alterConfigs(
        [
          { type: 'topic', name, set: { 'retention.ms': '60000' }, unset: [] },
          { type: 'topic', name: `${prefix}none`, set: { 'retention.ms': '1' }, unset: [] },
        ],
        now,
      );
      expect(codes(answers)).toEqual(['ok', 'kafka/unknown-topic-or-partition']);
      const entries = async () => {
        const [answer] = await kafka.describeConfigs([
          { type: 'topic', name, keys: ['retention.ms', 'segment.ms', 'cleanup.policy'] },
        ]);
        return answer?.ok ? Object.fromEntries(answer.value.map(entry => [entry.name, `${entry.value} ${entry.source}`])) : {};
      };
      await visible(async () => ((await entries())['retention.ms'] === '60000 topic' ? true : undefined));
      expect(await entries()).toEqual({
        'retention.ms': '60000 topic',
        'segment.ms': '5000 topic',
        'cleanup.policy': 'delete default',
      });
      expect(codes(await kafka.alterConfigs([{ type: 'topic', name, set: {}, unset: ['retention.ms'] }], now))).toEqual(['ok']);
      await visible(async () => ((await entries())['retention.ms'] === '604800000 default' ? true : undefined));
    });

    test('names a group that has configuration and neither members nor offsets, until the last key goes', async () => {
      const name = `${prefix}group with % and ü`;
      const key = 'consumer.session.timeout.ms';
      const write = (set: Record<string, string>, unset: string[]) =>
        kafka.alterConfigs([{ type: 'group', name, set, unset }], now);
      const listed = async () => (await kafka.listConfiguredGroups())?.includes(name);
      expect(await listed()).toBe(false);
      expect(codes(await write({ [key]: '50000' }, []))).toEqual(['ok']);
      await visible(async () => ((await listed()) === true ? true : undefined));
      expect(codes(await write({}, [key]))).toEqual(['ok']);
      await visible(async () => ((await listed()) === false ? true : undefined));
    });

    test('deletes a topic by its id and nothing that merely has its name', async () => {
      await kafka.createTopics([topic('gone')], now);
      const { id } = await visible(() => listed('gone'));
      const other = id.startsWith('topic-') ? 'topic-0' : '00000000-0000-4000-8000-000000000000';
      expect(codes(await kafka.deleteTopics([{ name: `${prefix}gone`, id: other }]))).toEqual(['kafka/unknown-topic-id']);
      expect(codes(await kafka.deleteTopics([{ name: `${prefix}gone`, id }]))).toEqual(['ok']);
      await visible(async () => ((await listed('gone')) === undefined ? true : undefined));
    });

    test('keeps bindings, and removes exactly the one that is named', async () => {
      const binding = (more: Partial<AclBinding>): AclBinding => ({
        principal: `User:${prefix}u`,
        resourceType: 'topic',
        resourceName: `${prefix}t`,
        pattern: 'literal',
        operation: 'READ',
        permission: 'ALLOW',
        host: '*',
        ...more,
      });
      const bindings = [
        binding({}),
        binding({ pattern: 'prefixed' }),
        binding({ resourceType: 'transactionalId', operation: 'WRITE' }),
        binding({ permission: 'DENY', host: '10.0.0.1' }),
      ];
      expect(codes(await kafka.createAcls(bindings))).toEqual(['ok', 'ok', 'ok', 'ok']);
      const ours = async () => (await kafka.listAcls()).filter(each => each.principal === `User:${prefix}u`);
      await visible(async () => ((await ours()).length === 4 ? true : undefined));
      const many = Array.from({ length: 30 }, (_, index) => `${prefix}none${index}`);
      for (const topics of [[`${prefix}t`], [`${prefix}t`, ...many]])
        expect((await kafka.listAcls({ topics })).map(each => each.permission).toSorted()).toEqual(['ALLOW', 'DENY']);
      expect(codes(await kafka.deleteAcls([binding({})]))).toEqual(['ok']);
      await visible(async () => ((await ours()).length === 3 ? true : undefined));
      expect((await ours()).map(each => each.pattern + each.permission).toSorted()).toEqual([
        'literalALLOW',
        'literalDENY',
        'prefixedALLOW',
      ]);
    });

    test('keeps SCRAM users by mechanism', async () => {
      const user = `${prefix}scram`;
      const password = new Redacted('secret');
      const both = (['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).map(mechanism => ({
        user,
        mechanism,
        iterations: 4_096,
        password,
      }));
      expect(codes(await kafka.upsertScramUsers(both))).toEqual(['ok', 'ok']);
      const mechanisms = async () =>
        (await kafka.listScramUsers()).find(each => each.user === user)?.credentials.map(each => each.mechanism);
      await visible(async () => ((await mechanisms())?.length === 2 ? true : undefined));
      expect(codes(await kafka.deleteScramUsers([{ user, mechanism: 'SCRAM-SHA-256' }]))).toEqual(['ok']);
      await visible(async () => ((await mechanisms())?.join() === 'SCRAM-SHA-512' ? true : undefined));
      expect(codes(await kafka.deleteScramUsers([{ user, mechanism: 'SCRAM-SHA-256' }]))).toEqual(['kafka/resource-not-found']);
      await kafka.deleteScramUsers([{ user, mechanism: 'SCRAM-SHA-512' }]);
    });

    test('moves replicas to a wider and a narrower set, and lists nothing once they are there', async () => {
      const ids = (await kafka.describeCluster()).brokers.map(broker => broker.id);
      if (ids.length < 3) return;
      await kafka.createTopics([topic('move', { partitions: 2 })], now);
      await visible(() => listed('move'));
      const name = `${prefix}move`;
      const factors = async () =>
        (await listed('move'))?.partitions.map(({ replicas, inSync }) => [replicas.length, inSync.length]);
      for (const factor of [3, 2]) {
        const { partitions } = await visible(() => listed('move'));
        const wanted = partitions.map(({ index, leader }) => ({
          topic: name,
          partition: index,
          replicas: [leader, ...ids.filter(id => id !== leader)].slice(0, factor),
        }));
        expect(codes(await kafka.reassign(wanted))).toEqual(['ok', 'ok']);
        await visible(async () => ((await kafka.listReassignments()).some(each => each.topic === name) ? undefined : true));
        await visible(async () => ((await factors())?.flat().every(count => count === factor) ? true : undefined));
      }
      const nowhere = [
        { topic: `${prefix}none`, partition: 0, replicas: [ids[0] as number] },
        { topic: name, partition: 0, replicas: [...ids, 4711] },
      ];
      expect(codes(await kafka.reassign(nowhere))).toEqual([
        'kafka/unknown-topic-or-partition',
        'kafka/invalid-replica-assignment',
      ]);
    });

    test('keeps throttles of one topic and of one broker, key by key', async () => {
      await kafka.createTopics([topic('throttled')], now);
      await visible(() => listed('throttled'));
      const name = `${prefix}throttled`;
      const id = String((await kafka.describeCluster()).brokers[0]?.id);
      const replicas = 'follower.replication.throttled.replicas';
      // A rate that no other test relies on.
      const rate = 'replica.alter.log.dirs.io.max.bytes.per.second';
      const entries = async () => {
        const answers = await kafka.describeConfigs([
          { type: 'topic', name, keys: [replicas] },
          { type: 'broker', name: id, keys: [rate] },
        ]);
        // Not every broker knows a topic that one of them has just listed.
        if (!answers.every(answer => answer.ok)) return undefined;
        return answers.flatMap(answer => answer.value).map(entry => `${entry.value} ${entry.source}`);
      };
      const untouched = await visible(entries);
      const write = (unset: boolean) =>
        kafka.alterConfigs(
          [
            {
              type: 'topic',
              name,
              set: unset ? {} : { [replicas]: '0:1,2147483647:2147483647' },
              unset: unset ? [replicas] : [],
            },
            { type: 'broker', name: id, set: unset ? {} : { [rate]: '52428073' }, unset: unset ? [rate] : [] },
          ],
          now,
        );
      expect(codes(await write(false))).toEqual(['ok', 'ok']);
      await visible(async () =>
        (await entries())?.join() === '0:1,2147483647:2147483647 topic,52428073 broker' ? true : undefined,
      );
      expect(codes(await write(true))).toEqual(['ok', 'ok']);
      await visible(async () => ((await entries())?.join() === untouched.join() ? true : undefined));
    });

    test('keeps quotas key by key, refuses a broken byte rate', async () => {
      const entity = { user: `${prefix}quota`, clientId: 'app' };
      expect(
        codes(
          await kafka.alterQuotas([{ entity, set: { producer_byte_rate: 1_000, request_percentage: 12.5 }, unset: [] }], now),
        ),
      ).toEqual(['ok']);
      const limits = async () =>
        (await kafka.listQuotas()).find(each => each.entity.user === entity.user && each.entity.clientId === 'app')?.limits;
      expect(await visible(limits)).toEqual({ producer_byte_rate: 1_000, request_percentage: 12.5 });
      await kafka.alterQuotas([{ entity, set: {}, unset: ['producer_byte_rate'] }], now);
      await visible(async () => ((await limits())?.producer_byte_rate === undefined ? true : undefined));
      expect(codes(await kafka.alterQuotas([{ entity, set: { consumer_byte_rate: 1.5 }, unset: [] }], only))).not.toEqual(['ok']);
      await kafka.alterQuotas([{ entity, set: {}, unset: ['request_percentage'] }], now);
    });
  });
}
