import { describe, expect, test } from 'vitest';
import { preview, reconcile } from '#flow/flow.ts';
import { resumeIfNeeded } from '#flow/resume.ts';
import type { Kafka } from '#ports/kafka.ts';
import { emptyCluster, memoryKafka } from '#targets/memory/kafka.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

const topics = Array.from({ length: 6 }, (_, index) => `t.topic${index}`);

/** Six topics and their rights stand on the cluster and in the ledger; `forgetful` then answers for it. */
async function applied(forgetful: (memory: Kafka) => Partial<Kafka>) {
  const cluster = emptyCluster();
  const memory = memoryKafka(cluster);
  let calls: Partial<Kafka> = {};
  const files = new Map(frame({ prune: { data: true } }));
  files.set('platform/tenants/t.yaml', document('Tenant', 't', { principals: ['User:t.app'] }));
  for (const name of topics) {
    files.set(`tenants/t/${name}.yaml`, document('Topic', name, {}));
    files.set(
      `tenants/t/${name}-acl.yaml`,
      document('Acl', `${name}-acl`, {
        principal: 'User:t.app',
        resource: { type: 'topic', name, pattern: 'literal' },
        operations: ['READ'],
      }),
    );
  }
  const outside = memoryOutside(
    files,
    new Proxy(memory, { get: (target, name) => Reflect.get(calls, name) ?? Reflect.get(target, name) }),
  );
  const apply = async () => {
    await resumeIfNeeded(outside, 'dev');
    const { checked, plan } = await preview(outside, 'dev');
    if (plan === undefined || checked.frame === undefined) throw new Error('no plan');
    return reconcile(outside, plan, { partial: true, frame: checked.frame });
  };
  const ledger = async () => (await outside.store({ environments: ['dev'] })).ledger({});
  const first = await apply();
  expect(first.problems).toEqual([]);
  expect(await ledger()).toHaveLength(12);
  calls = forgetful(memory);
  return { outside, cluster, files, apply, ledger, heal: () => void (calls = {}) };
}

/** The first, third, … answer is `broken`, the others are whole: what was asked of a broker that has just started and then of another. */
const everyOther = <Item>(whole: () => Promise<Item[]>, broken: (items: Item[]) => Item[]) => {
  let turn = 0;
  return async () => (turn++ % 2 === 0 ? broken(await whole()) : await whole());
};

const answers: [string, <Item>(items: Item[]) => Item[]][] = [
  ['nothing', () => []],
  ['the first half', items => items.slice(0, items.length / 2)],
  ['the last one', items => items.slice(-1)],
];

describe.each(answers)('a broker that has just started and lists %s', (_, broken) => {
  const forgetful = (memory: Kafka): Partial<Kafka> => ({
    listTopics: everyOther(() => memory.listTopics(), broken),
    listAcls: everyOther(() => memory.listAcls(), broken),
  });

  test('makes the plan ask for nothing', async () => {
    const { outside } = await applied(forgetful);
    expect((await preview(outside, 'dev')).plan).toMatchObject({ changes: [], problems: [] });
  });

  test('makes nobody forget what a removed document left behind', async () => {
    const { outside, files } = await applied(forgetful);
    for (const name of topics) {
      files.delete(`tenants/t/${name}.yaml`);
      files.delete(`tenants/t/${name}-acl.yaml`);
    }
    const { plan } = await preview(outside, 'dev');
    expect(new Set(plan?.changes.map(change => change.action))).toEqual(new Set(['delete']));
    expect(plan?.changes).toHaveLength(12);
  });
});

test('two brokers that have both just started and list different halves hide nothing between them', async () => {
  const alternate = <Item>(whole: () => Promise<Item[]>) => {
    const [even, odd] = [0, 1].map(rest => async () => (await whole()).filter((_, index) => index % 2 === rest));
    let turn = 0;
    return () => (turn++ % 2 === 0 ? (even as typeof whole)() : (odd as typeof whole)());
  };
  const { outside, files } = await applied(memory => ({
    listTopics: alternate(() => memory.listTopics()),
    listAcls: alternate(() => memory.listAcls()),
  }));
  expect((await preview(outside, 'dev')).plan?.changes).toEqual([]);
  files.delete('tenants/t/t.topic0.yaml');
  files.delete('tenants/t/t.topic1-acl.yaml');
  expect((await preview(outside, 'dev')).plan?.changes.map(change => change.action)).toEqual(['delete', 'delete']);
});

test('two empty answers in a row are doubted once more', async () => {
  let [topicReads, aclReads] = [0, 0];
  const { outside, files } = await applied(memory => ({
    listTopics: async () => (++topicReads <= 2 ? [] : memory.listTopics()),
    listAcls: async () => (++aclReads <= 2 ? [] : memory.listAcls()),
  }));
  for (const file of [...files.keys()].filter(each => each.startsWith('tenants/'))) files.delete(file);
  expect(new Set((await preview(outside, 'dev')).plan?.changes.map(change => change.action))).toEqual(new Set(['delete']));
});

test('what is created anew on the word of empty answers harms nothing: it is there already', async () => {
  const { cluster, ledger, apply, heal } = await applied(() => ({ listTopics: async () => [], listAcls: async () => [] }));
  await apply();
  expect([cluster.topics.size, cluster.acls.size]).toEqual([6, 6]);
  heal();
  await apply();
  expect(await ledger()).toHaveLength(12);
  expect((await apply()).changes).toEqual([]);
});
