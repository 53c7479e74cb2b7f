import { expect, test } from 'vitest';
import type { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import { openKafka } from '#targets/kafka/index.ts';
import { kafkaTool } from '../kafka-tools.ts';
import { manifest, testLandscape } from '../landscape.ts';
import { type Given, limitedUser, reachAs } from '../limited-user.ts';

const mayRead: readonly Given[] = [
  ['--cluster', '', 'Describe', 'DescribeConfigs'],
  ['--topic', '*', 'Describe', 'DescribeConfigs'],
  ['--group', '*', 'Describe'],
];
const many = { timeout: 180_000 };

test('what our own principal may not do is in the plan by the name of the right, and nothing is written', many, async () => {
  const landscape = testLandscape({ environment: { prune: { data: true } } });
  const topics = (a: object, b: object, c: object) =>
    manifest('Topic', 'shop.a', a) + manifest('Topic', 'shop.b', b) + manifest('Topic', 'shop.c', c);
  landscape.write('tenants/shop/topics.yaml', topics({}, {}, {}) + manifest('Topic', 'shop.gone', {}));
  expect((await landscape.apply()).code).toBe(0);
  reachAs(landscape, await limitedUser(...mayRead));
  expect(await landscape.plan()).toMatchObject({ problems: [], changes: [] });

  landscape.write(
    'tenants/shop/topics.yaml',
    topics({ partitions: 2 }, { config: { 'retention.ms': '9d' } }, { replicationFactor: 2 }) +
      manifest('Topic', 'shop.new', {}) +
      manifest('ServiceAccount', 'shop.checkout', {}) +
      manifest('Access', 'w', { serviceAccount: 'shop.checkout', as: 'producer', topics: ['shop.a'] }) +
      manifest('Quota', 'q', { entity: { serviceAccount: 'shop.checkout' }, limits: { producer_byte_rate: 1000 } }),
  );
  const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  const plan = JSON.parse(run.stdout);
  expect(run.code).toBe(1);
  expect(run.requests.writes).toBe(0);
  const name = (topic: string) => `topic \`${landscape.prefix}${topic}\``;
  const lacking = plan.problems.map((each: { message: string }) => each.message.replace(/ Needed for .*/, ''));
  expect(new Set(lacking)).toEqual(
    new Set([
      `Our principal lacks ALTER on ${name('shop.a')}.`,
      `Our principal lacks ALTER_CONFIGS on ${name('shop.b')}.`,
      `Our principal lacks DELETE on ${name('shop.gone')}.`,
      `Our principal lacks CREATE on ${name('shop.new')} or on the cluster.`,
      'Our principal lacks ALTER on the cluster.',
      'Our principal lacks ALTER_CONFIGS on the cluster.',
    ]),
  );
  expect(new Set(plan.problems.map((each: { code: string }) => each.code))).toEqual(new Set(['plan/missing-right']));
  expect(plan.changes.map((each: { state: string; action: string }) => each.state)).toEqual(plan.changes.map(() => 'blocked'));
  expect(JSON.stringify(plan.changes)).not.toContain('impossible');
  expect((await landscape.kaas('plan', 'dev')).code).toBe(1);
});

test('a topic that our principal may not see is no absent topic: nothing is planned until it may be seen', many, async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/topics.yaml', manifest('Topic', 'shop.seen', {}) + manifest('Topic', 'shop.hidden', {}));
  expect((await landscape.apply()).code).toBe(0);
  const all: Given[] = [
    ['--cluster', '', 'All'],
    ['--topic', `${landscape.prefix}shop.seen`, 'Describe', 'DescribeConfigs'],
  ];
  const limited = await limitedUser(...all);
  reachAs(landscape, limited);
  const message = `Our principal lacks DESCRIBE on topic \`${landscape.prefix}shop.hidden\`: whether they exist cannot be told.`;
  const refused = { changes: [], problems: [{ code: 'plan/unreachable', message: expect.stringContaining(message) }] };
  const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  expect([run.code, run.requests.writes]).toEqual([1, 0]);
  expect(JSON.parse(run.stdout)).toMatchObject(refused);
  // Declared no more it is still ours by the ledger, and still not gone.
  landscape.write('tenants/shop/topics.yaml', manifest('Topic', 'shop.seen', {}));
  expect(await landscape.plan()).toMatchObject(refused);
  await limited.may(['--topic', `${landscape.prefix}shop.hidden`, 'Describe']);
  const unread = await landscape.plan();
  expect(unread).toMatchObject({
    changes: [],
    problems: [{ message: expect.stringContaining(`DESCRIBE_CONFIGS on topic \`${landscape.prefix}shop.hidden\``) }],
  });
});

test(
  'who may not DESCRIBE the cluster cannot read rights and accounts: the plan says so and calls nothing missing',
  many,
  async () => {
    const landscape = testLandscape();
    landscape.write(
      'tenants/shop/all.yaml',
      manifest('ServiceAccount', 'shop.checkout', {}) +
        manifest('Topic', 'shop.a', {}) +
        manifest('Access', 'w', { serviceAccount: 'shop.checkout', as: 'producer', topics: ['shop.a'] }),
    );
    expect((await landscape.apply()).code).toBe(0);
    reachAs(landscape, await limitedUser(['--topic', '*', 'All']));
    const run = await landscape.kaas('plan', 'dev', '-o', 'json');
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      changes: [],
      problems: [{ code: 'plan/unreachable', message: expect.stringContaining('DESCRIBE on the cluster') }],
    });
  },
);

test('a right on some names holds back only the others', many, async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/topics.yaml', manifest('Topic', 'shop.mine', {}) + manifest('Topic', 'shop.other', {}));
  reachAs(landscape, await limitedUser(...mayRead, ['--topic', `${landscape.prefix}shop.mine`, 'Create']));
  const partial = await landscape.apply('--partial');
  expect(partial.code).toBe(5);
  expect(partial.changes).toMatchObject([
    { name: 'shop.mine', probe: 'accepted', outcome: { state: 'applied' } },
    {
      name: 'shop.other',
      probe: 'notProbed',
      state: 'blocked',
      blockedBy: [{ code: 'plan/missing-right', who: 'platform' }],
      outcome: { state: 'skipped' },
    },
  ]);
});

test(
  'a request that the broker refuses is a failure that names the right: nothing hangs, nothing reads as empty',
  many,
  async () => {
    const limited = await limitedUser(['--topic', '*', 'Describe']);
    const binding = {
      principal: `User:${limited.user}`,
      resourceType: 'topic',
      resourceName: '*',
      pattern: 'literal',
      operation: 'DESCRIBE',
      permission: 'ALLOW',
      host: '*',
    } as const;
    await using kafka = await openKafka({
      label: 'test',
      bootstrapServers: (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(','),
      protocol: 'SASL_PLAINTEXT',
      mechanism: 'SCRAM-SHA-512',
      username: limited.user,
      password: new Redacted(limited.password),
    });
    const only = { validateOnly: true };
    const group = { type: 'group', name: 'g' } as const;
    const timeout = { 'consumer.session.timeout.ms': '45000' };
    const asked: [() => Promise<unknown>, string][] = [
      [() => kafka.listAcls(), 'DESCRIBE on the cluster'],
      [() => kafka.listScramUsers(), 'DESCRIBE on the cluster'],
      [() => kafka.describeGroups(), 'DESCRIBE on the cluster'],
      [() => kafka.measureTopics(['__consumer_offsets']), 'DESCRIBE on the cluster'],
      [() => kafka.listQuotas(), 'DESCRIBE_CONFIGS on the cluster'],
      [() => kafka.describeConfigs([{ type: 'broker', name: '1' }]), 'DESCRIBE_CONFIGS on the cluster'],
      [() => kafka.describeConfigs([group]), 'DESCRIBE_CONFIGS on group `g`'],
      [() => kafka.createAcls([binding]), 'ALTER on the cluster'],
      [() => kafka.deleteAcls([binding]), 'on the cluster'],
      [() => kafka.deleteScramUsers([{ user: limited.user, mechanism: 'SCRAM-SHA-512' }]), 'ALTER on the cluster'],
      [() => kafka.reassign([{ topic: '__consumer_offsets', partition: 0, replicas: [1] }]), 'ALTER on the cluster'],
      [() => kafka.alterQuotas([{ entity: { user: 'x' }, set: { producer_byte_rate: 1 }, unset: [] }], only), 'ALTER_CONFIGS on'],
      [() => kafka.alterConfigs([{ ...group, set: timeout, unset: [] }], only), 'ALTER_CONFIGS on group `g`'],
    ];
    for (const [ask, right] of asked) {
      const [first] = (await ask().catch(fault => [{ ok: false, fault }])) as { ok: boolean; fault?: Fault }[];
      expect([right, first?.fault?.message]).toEqual([right, expect.stringContaining('Our principal lacks ')]);
      expect(first?.fault?.message).toContain(right);
    }
    expect(await kafkaTool('acls', '--list', '--principal', `User:${limited.user}`)).toContain('operation=DESCRIBE');
  },
);

test(
  'a mutation quota on our own principal: one probe per shape, throttle times are obeyed, everything ends applied',
  many,
  async () => {
    const landscape = testLandscape();
    const limited = await limitedUser(['--cluster', '', 'All'], ['--topic', '*', 'All']);
    const entity = ['--alter', '--entity-type', 'users', '--entity-name', limited.user];
    await kafkaTool('configs', ...entity, '--add-config', 'controller_mutation_rate=2');
    reachAs(landscape, limited);
    landscape.write(
      'tenants/shop/topics.yaml',
      Array.from({ length: 40 }, (_, index) => manifest('Topic', `shop.t${index}`, {})).join(''),
    );
    for (let time = 0; time < 3; time++) {
      const run = await landscape.kaas('plan', 'dev', '-o', 'json');
      expect(run.requests.byApi['CreateTopics(validateOnly)']).toBe(1);
      const { changes, problems } = JSON.parse(run.stdout);
      expect(problems).toEqual([]);
      expect(new Set(changes.map((each: { probe: string }) => each.probe))).toEqual(new Set(['accepted']));
    }
    const started = Date.now();
    const run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
    expect(run.code).toBe(0);
    expect(run.requests.byApi.CreateTopics).toBeGreaterThan(1);
    expect(run.requests.byApi.CreateTopics).toBeLessThanOrEqual(40);
    // 40 partitions at 2 a second, after a burst of at most 22.
    expect(Date.now() - started).toBeGreaterThan(5_000);
    expect((await landscape.plan()).changes).toEqual([]);
    await kafkaTool('configs', ...entity, '--delete-config', 'controller_mutation_rate');
  },
);
