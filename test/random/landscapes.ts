import fc from 'fast-check';
import { Redacted } from '#model/redacted.ts';
import type { AclBinding, Kafka } from '#ports/kafka.ts';
import { document, frame } from '../memory-outside.ts';

const names = ['t.a', 't.b', 't.c', 't.a.b', 't.a_b', 't.d'];
const config = fc
  .dictionary(fc.constantFrom('retention.ms', 'cleanup.policy', 'segment.bytes', 'min.insync.replicas'), fc.constant(''), {
    maxKeys: 3,
  })
  .chain(keys =>
    fc.record(
      Object.fromEntries(
        Object.keys(keys).map(key => [
          key,
          key === 'cleanup.policy'
            ? fc.constantFrom('delete', 'compact', 'compact,delete')
            : key === 'retention.ms'
              ? fc.constantFrom('7d', '1h', '604800000', '-1')
              : key === 'min.insync.replicas'
                ? fc.constantFrom('1', '2')
                : fc.constantFrom('1GiB', '1073741824', '512MiB'),
        ]),
      ),
    ),
  );
const topic = fc.record(
  { partitions: fc.integer({ min: 1, max: 4 }), replicationFactor: fc.integer({ min: 1, max: 4 }), config },
  { requiredKeys: [] },
);
const template = fc.constantFrom('producer', 'consumer', 'viewer', 'share-consumer');

interface Wish {
  readonly topics: Record<string, object>;
  readonly accounts: string[];
  readonly accesses: { account: string; as: string; topics: string[] }[];
  readonly quotas: Record<string, number>;
  readonly prefix: string;
  readonly prune: boolean;
}

/** What a random team asks for: some of it impossible on purpose. */
export const wish: fc.Arbitrary<Wish> = fc.record({
  topics: fc.dictionary(fc.constantFrom(...names), topic, { maxKeys: 5 }),
  accounts: fc.uniqueArray(fc.constantFrom('t.x', 't.y', 't.z'), { maxLength: 3 }),
  accesses: fc.array(
    fc.record({
      account: fc.constantFrom('t.x', 't.y', 't.z'),
      as: template,
      topics: fc.uniqueArray(fc.constantFrom(...names, 't.*'), { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 3 },
  ),
  quotas: fc.dictionary(
    fc.constantFrom('t.x', 't.y'),
    fc.integer({ min: 1, max: 5 }).map(n => n * 1024),
    { maxKeys: 2 },
  ),
  prefix: fc.constantFrom('', 'dev.'),
  prune: fc.boolean(),
});

/** The documents of a wish; accesses and quotas of accounts or topics that are not asked for are left out. */
export function filesOf(each: Wish): Map<string, object> {
  const files = new Map(frame({ prefix: each.prefix, prune: { data: each.prune } }));
  for (const [name, spec] of Object.entries(each.topics))
    files.set(`tenants/t/topic-${name}.yaml`, document('Topic', name, spec));
  for (const name of each.accounts) files.set(`tenants/t/account-${name}.yaml`, document('ServiceAccount', name, {}));
  each.accesses.forEach(({ account, as, topics }, index) => {
    const known = topics.filter(name => name.endsWith('*') || name in each.topics);
    if (each.accounts.includes(account) && known.length > 0)
      files.set(
        `tenants/t/access-${index}.yaml`,
        document('Access', `access-${index}`, { serviceAccount: account, as, topics: known, group: 't.group' }),
      );
  });
  for (const [account, rate] of Object.entries(each.quotas))
    if (each.accounts.includes(account))
      files.set(
        `tenants/t/quota-${account}.yaml`,
        document('Quota', `quota-${account}`, { entity: { serviceAccount: account }, limits: { producer_byte_rate: rate } }),
      );
  return files;
}

const foreignAcl: AclBinding = {
  principal: 'User:other',
  resourceType: 'topic',
  resourceName: 'other.topic',
  pattern: 'literal',
  operation: 'READ',
  permission: 'ALLOW',
  host: '*',
};

/** Somebody else's things, and some of ours that were made by hand. */
export const standing = fc.record({
  topics: fc.dictionary(
    fc.constantFrom('other.topic', ...names),
    fc.record({ partitions: fc.integer({ min: 1, max: 3 }), retention: fc.constantFrom(undefined, '1000', '604800000') }),
    { maxKeys: 3 },
  ),
  acl: fc.boolean(),
  users: fc.uniqueArray(fc.constantFrom('t.x', 't.y', 'other'), { maxLength: 2 }),
  prefix: fc.constantFrom('', 'dev.'),
});

/** Puts them on a cluster. */
export async function stand(
  kafka: Kafka,
  each: {
    topics: Record<string, { partitions: number; retention?: string | undefined }>;
    acl: boolean;
    users: string[];
    prefix: string;
  },
): Promise<void> {
  const made = Object.entries(each.topics).map(([name, { partitions, retention }]) => ({
    name: name.startsWith('t.') ? each.prefix + name : name,
    partitions,
    replicationFactor: 1,
    config: (retention === undefined ? {} : { 'retention.ms': retention }) as Record<string, string>,
  }));
  await kafka.createTopics(made, { validateOnly: false });
  const mechanism = 'SCRAM-SHA-512' as const;
  await kafka.upsertScramUsers(
    each.users.map(user => ({
      user: user.startsWith('t.') ? each.prefix + user : user,
      mechanism,
      iterations: 4_096,
      password: new Redacted('theirs'),
    })),
  );
  if (each.acl) await kafka.createAcls([foreignAcl]);
  await kafka.alterQuotas([{ entity: { user: 'other' }, set: { consumer_byte_rate: 1_000 }, unset: [] }], {
    validateOnly: false,
  });
}
