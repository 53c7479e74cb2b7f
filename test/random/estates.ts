import fc from 'fast-check';
import { Redacted } from '#model/redacted.ts';
import { type AclBinding, aclOperations, type Kafka, type QuotaEntity } from '#ports/kafka.ts';
import { document } from '../memory-outside.ts';

/** What lives on one cluster, whoever made it and however. */
export interface Estate {
  readonly topics: readonly { name: string; partitions: number; replicationFactor: number; config: Record<string, string> }[];
  readonly users: readonly { user: string; mechanisms: readonly ('SCRAM-SHA-256' | 'SCRAM-SHA-512')[] }[];
  readonly acls: readonly AclBinding[];
  readonly quotas: readonly { entity: QuotaEntity; limits: Record<string, number> }[];
  readonly groups: readonly { name: string; config: Record<string, string> }[];
  readonly brokers: readonly { scope: string; config: Record<string, string> }[];
}

const prefixes = ['', 'dev.', 'dev.x.', 'dev.dev.'];
const within = (...names: string[]) =>
  fc.tuple(fc.constantFrom(...prefixes), fc.constantFrom(...names)).map(parts => parts.join(''));
const topicName = within('t.a', 't.b', 'orders-1', 'a', '_x', 'UP.x', '__internal', '_schemas', '-x', '.x', 'x'.repeat(230));
const groupName = within('t.g', 'g', 'a group', 'ü|%', '${var.x}', '-', 'x'.repeat(240));
const user = within('t.x', 't.y', 'x', 'reader one', 'CN=app,O=shop', 'a|b%', '${var.x}', 'ü<>', '*x');
const some = <Value>(values: Record<string, fc.Arbitrary<Value>>) =>
  fc.record(values, { requiredKeys: [] }) as fc.Arbitrary<Record<string, Value>>;

const topics = fc.uniqueArray(
  fc.record({
    name: topicName,
    partitions: fc.integer({ min: 1, max: 4 }),
    replicationFactor: fc.integer({ min: 1, max: 3 }),
    config: some({
      'cleanup.policy': fc.constantFrom('delete', 'compact', 'compact,delete'),
      'retention.ms': fc.constantFrom('1000', '604800000', '-1'),
      'segment.bytes': fc.constantFrom('1073741824', '536870912'),
      'min.insync.replicas': fc.constantFrom('1', '2', '3'),
      'max.message.bytes': fc.constantFrom('1', '1048588'),
      'message.timestamp.type': fc.constantFrom('CreateTime', 'LogAppendTime'),
      'unclean.leader.election.enable': fc.constantFrom('true', 'false'),
    }),
  }),
  { maxLength: 5, selector: each => each.name.replaceAll('.', '_') },
);

const principal = fc.oneof(
  user.map(name => `User:${name}`),
  fc.constantFrom('User:*', 'Group:team', 'User:dev.', 'RegexUser:a.*'),
);
const resource = fc.oneof(
  fc.record({
    resourceType: fc.constantFrom('topic' as const, 'group' as const, 'transactionalId' as const),
    resourceName: fc.oneof(topicName, groupName, within('*', 't.', 't.*', 'a*b'), fc.constantFrom('dev.', 'd', 'dev')),
    pattern: fc.constantFrom('literal' as const, 'prefixed' as const),
  }),
  fc.record({
    resourceType: fc.constantFrom('user' as const, 'delegationToken' as const),
    resourceName: fc.oneof(principal, fc.constant('*')),
    pattern: fc.constantFrom('literal' as const, 'prefixed' as const),
  }),
  fc.constant({ resourceType: 'cluster' as const, resourceName: 'kafka-cluster', pattern: 'literal' as const }),
);
const acl: fc.Arbitrary<AclBinding> = fc
  .tuple(
    resource,
    fc.record({
      principal,
      operation: fc.constantFrom(...aclOperations),
      permission: fc.constantFrom('ALLOW' as const, 'ALLOW' as const, 'DENY' as const),
      host: fc.constantFrom('*', '*', '10.0.0.1', '::1'),
    }),
  )
  .map(([what, who]) => ({ ...what, ...who }));
/** All that a template asks for, so that there is something to recognise. */
const accessLike: fc.Arbitrary<AclBinding[]> = fc
  .record({ principal, topic: fc.oneof(topicName, within('t.')), group: groupName, writes: fc.boolean(), prefixed: fc.boolean() })
  .map(({ principal: who, topic, group, writes, prefixed }) => {
    const allowed = { principal: who, permission: 'ALLOW' as const, host: '*' };
    const pattern = prefixed ? ('prefixed' as const) : ('literal' as const);
    const on = { ...allowed, resourceType: 'topic' as const, resourceName: topic, pattern };
    return writes
      ? [{ ...on, operation: 'WRITE' as const }]
      : [
          { ...on, operation: 'READ' as const },
          {
            ...allowed,
            resourceType: 'group' as const,
            resourceName: group,
            pattern: 'literal' as const,
            operation: 'READ' as const,
          },
        ];
  });

const part = <Name extends string>(name: Name, values: fc.Arbitrary<string>) =>
  fc.oneof(fc.constant(null), values).map(value => ({ [name]: value }) as Record<Name, string | null>);
const clientLimits = fc.record(
  {
    producer_byte_rate: fc.integer({ min: 1, max: 2 ** 40 }),
    consumer_byte_rate: fc.integer({ min: 1, max: 2 ** 40 }),
    request_percentage: fc.constantFrom(0.5, 12.25, 200),
    controller_mutation_rate: fc.constantFrom(0.1, 5),
  },
  { requiredKeys: [] },
);
const quota = fc.oneof(
  fc.record({
    entity: fc.oneof(
      part('user', user),
      part('clientId', user),
      fc.tuple(part('user', user), part('clientId', user)).map(([a, b]) => ({ ...a, ...b })),
    ),
    limits: clientLimits,
  }),
  fc.record({
    entity: part('ip', fc.constantFrom('127.0.0.9', '::1')),
    limits: fc.record({ connection_creation_rate: fc.integer({ min: 1, max: 100 }) }),
  }),
) as fc.Arbitrary<Estate['quotas'][number]>;

const brokers = fc.uniqueArray(
  fc.record({
    scope: fc.constantFrom('default', '1', '2', '3'),
    config: some({
      'log.retention.ms': fc.constantFrom('86400000', '-1'),
      'log.segment.delete.delay.ms': fc.constant('60000'),
      'max.connections.per.ip.overrides': fc.constant('10.0.0.1:5,10.0.0.2:7'),
    }),
  }),
  { maxLength: 3, selector: each => each.scope },
);
const groups = fc.uniqueArray(
  fc.record({
    name: groupName,
    config: some({
      'consumer.session.timeout.ms': fc.constantFrom('45000', '50000'),
      'consumer.heartbeat.interval.ms': fc.constantFrom('5000', '6000'),
      'share.auto.offset.reset': fc.constantFrom('earliest', 'by_duration:PT1H'),
      'streams.session.timeout.ms': fc.constantFrom('46000'),
    }),
  }),
  { maxLength: 4, selector: each => each.name },
);

/** Whatever somebody may have done to a cluster by hand. */
export const estate: fc.Arbitrary<Estate> = fc.record({
  topics,
  users: fc.uniqueArray(
    fc.record({ user, mechanisms: fc.subarray(['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const, { minLength: 1 }) }),
    { maxLength: 4, selector: each => each.user },
  ),
  acls: fc
    .tuple(fc.array(acl, { maxLength: 6 }), fc.array(accessLike, { maxLength: 3 }))
    .map(([raw, like]) => [...raw, ...like.flat()]),
  quotas: fc.array(quota, { maxLength: 4 }),
  groups,
  brokers,
});

/** The landscape around it: environments, their prefixes, who configures, who owns what, what holds by default. */
export const around = fc.record({
  prefix: fc.constantFrom('', 'dev.'),
  sibling: fc.constantFrom(undefined, 'dev.x.', 'other.'),
  configuredBy: fc.constantFrom('dev', 'other'),
  tenants: fc.subarray([
    ['t', {}],
    ['orders', { owns: { topics: ['orders*'], accounts: ['x'], groups: ['g', 'a*'], transactionalIds: ['a*'] } }],
    ['dev', {}],
  ] as [string, object][]),
  fallback: fc.boolean(),
  defaults: some<object | number>({
    config: fc.constantFrom(
      { 'retention.ms': '7d' },
      { 'cleanup.policy': 'compact', 'segment.bytes': '1GiB' },
      { 'min.insync.replicas': 2 },
    ),
    partitions: fc.constant(3),
  }),
});
export type Around = typeof around extends fc.Arbitrary<infer Value> ? Value : never;

/** Its documents, by file; one cluster for each logical name. */
export function landscapeAround(each: Around, logical: readonly string[]): Map<string, object> {
  const clusters = Object.fromEntries(logical.map(name => [name, name]));
  const fallback = each.fallback ? { default: logical[0] } : {};
  const shared = each.sibling !== undefined;
  return new Map<string, object>([
    [
      'kaas.yaml',
      document('Landscape', 'memory', { environments: shared ? ['dev', 'other'] : ['dev'], defaults: { topic: each.defaults } }),
    ],
    ['platform/environments/dev.yaml', document('Environment', 'dev', { clusters, prefix: each.prefix, ...fallback })],
    ...(shared
      ? [
          [
            'platform/environments/other.yaml',
            document('Environment', 'other', { clusters, prefix: each.sibling, ...fallback }),
          ] as const,
        ]
      : []),
    ...logical.map(
      name =>
        [
          `platform/clusters/${name}.yaml`,
          document('KafkaCluster', name, { connection: 'local', ...(shared ? { configuredBy: each.configuredBy } : {}) }),
        ] as const,
    ),
    ...each.tenants.map(([name, spec]) => [`platform/tenants/${name}.yaml`, document('Tenant', name, spec)] as const),
  ]);
}

/** Puts an estate on a cluster by plain requests. What a broker refuses is not there. */
export async function raise(kafka: Kafka, each: Estate): Promise<void> {
  const now = { validateOnly: false };
  await kafka.createTopics(each.topics, now);
  const password = new Redacted('theirs');
  await kafka.upsertScramUsers(
    each.users.flatMap(({ user: name, mechanisms }) =>
      mechanisms.map(mechanism => ({ user: name, mechanism, iterations: 4_096, password })),
    ),
  );
  await kafka.createAcls(each.acls);
  for (const { entity, limits } of each.quotas) await kafka.alterQuotas([{ entity, set: limits, unset: [] }], now);
  await kafka.alterConfigs(
    [
      ...each.groups.map(({ name, config }) => ({ type: 'group' as const, name, set: config, unset: [] })),
      ...each.brokers.map(({ scope, config }) => ({
        type: 'broker' as const,
        name: scope === 'default' ? '' : scope,
        set: config,
        unset: [],
      })),
    ],
    now,
  );
}
