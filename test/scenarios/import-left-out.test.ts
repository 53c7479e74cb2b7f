import { expect, test } from 'vitest';
import type { AclBinding } from '#ports/kafka.ts';
import { emptyCluster, memoryKafka } from '#targets/memory/kafka.ts';
import { memoryOutside } from '../memory-outside.ts';
import { type Around, type Estate, landscapeAround, raise } from '../random/estates.ts';
import { counting } from '../random/idempotence.ts';
import { expectTakenOver, takeOver } from '../random/take-over.ts';

const nothing: Estate = { topics: [], users: [], acls: [], quotas: [], groups: [], brokers: [] };
const plainly: Around = { prefix: '', sibling: undefined, configuredBy: 'dev', tenants: [], fallback: true, defaults: {} };
const behind: Around = { ...plainly, prefix: 'dev.' };
const topic = (name: string, config: Record<string, string> = {}) => ({ name, partitions: 1, replicationFactor: 1, config });
const user = (name: string) => ({ user: name, mechanisms: ['SCRAM-SHA-256'] as const });
const reads = (principal: string, resourceName: string): AclBinding => ({
  principal,
  resourceName,
  resourceType: 'topic',
  pattern: 'literal',
  operation: 'READ',
  permission: 'ALLOW',
  host: '*',
});

/** Imports estates of memory clusters `main` and `us`, holds that nothing is left to do, and gives why things were left out. */
async function leftOutOf(frame: Around, ...estates: Partial<Estate>[]): Promise<string[]> {
  const logical = ['main', 'us'].slice(0, estates.length);
  const opened = logical.map(name => counting(memoryKafka({ ...emptyCluster(), clusterId: name })));
  for (const [index, { kafka }] of opened.entries()) await raise(kafka, { ...nothing, ...estates[index] });
  const files = landscapeAround(frame, logical);
  const outside = memoryOutside(files, name => (opened[logical.indexOf(name)] as (typeof opened)[number]).kafka);
  const { left } = await takeOver(outside, files);
  await expectTakenOver(outside, files, () => opened.reduce((sum, each) => sum + each.written(), 0));
  return left.map(each => `${each.cluster} ${each.code} ${each.name}`).toSorted();
}

test('a group with keys of several protocols is declared with the one of most keys', async () => {
  const config = { 'share.auto.offset.reset': 'earliest', 'consumer.session.timeout.ms': '50000', 'consumer.assignor': 'range' };
  expect(await leftOutOf(plainly, { groups: [{ name: 'g', config }] })).toEqual(['main consumer-group/other-protocols g']);
});

test('a user that two mechanisms let in is declared with one of them, and no password is known', async () => {
  const both = { user: 'x', mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const };
  expect(await leftOutOf(plainly, { users: [both] })).toEqual([
    'main service-account/password-unknown User:x',
    'main service-account/second-mechanism User:x',
  ]);
});

test('a name that would read as a variable or as the place of a secret is left out', async () => {
  expect(await leftOutOf(plainly, { acls: [reads('User:${var.x}', 'a'), reads('User:${secret.local.x}', 'a')] })).toEqual([
    'main import/reads-as-variable User:${secret.local.x}|topic|literal|a|READ|ALLOW|*',
    'main import/reads-as-variable User:${var.x}|topic|literal|a|READ|ALLOW|*',
  ]);
});

test('a min.insync.replicas that the replicas cannot reach is not declared; where a default of the landscape would bring it back, neither is the topic', async () => {
  const estate = { topics: [topic('a', { 'min.insync.replicas': '2', 'retention.ms': '1000' })] };
  const reason = ['main topic/min-insync-above-replication a'];
  expect(await leftOutOf(plainly, estate)).toEqual(reason);
  expect(await leftOutOf({ ...plainly, defaults: { config: { 'min.insync.replicas': 2 } } }, estate)).toEqual(reason);
});

test('no right and no limit goes to a namesake behind the prefix, not even to one on another cluster', async () => {
  const strangers = {
    acls: [reads('User:x', 'dev.a')],
    quotas: [{ entity: { user: 'dev.y' }, limits: { request_percentage: 5 } }],
  };
  expect(await leftOutOf(behind, { users: [user('dev.x'), user('dev.dev.y')] }, strangers)).toEqual([
    'main service-account/password-unknown User:dev.dev.y',
    'main service-account/password-unknown User:dev.x',
    'us acl/namesake User:x|topic|literal|dev.a|READ|ALLOW|*',
    'us quota/namesake user=dev.y',
  ]);
});

test('topics on two clusters whose names differ only in . and _ do not collide', async () => {
  expect(await leftOutOf(plainly, { topics: [topic('a.b')] }, { topics: [topic('a_b')] })).toEqual([]);
});

test("internal topics, names outside the prefix and names behind another environment's longer prefix are left out", async () => {
  const names = ['__own', '_schemas', 'dev.a', 'dev.x.a', 'other'];
  expect(await leftOutOf({ ...behind, sibling: 'dev.x.' }, { topics: names.map(each => topic(each)) })).toEqual([
    'main import/internal __own',
    'main import/internal _schemas',
    'main import/other-prefix dev.x.a',
    'main import/outside-prefix other',
  ]);
});

test('a Kafka that cannot list groups of which there is nothing but configuration is said to', async () => {
  const files = landscapeAround(plainly, ['main']);
  const kafka = { ...memoryKafka(), listConfiguredGroups: async () => null };
  const { unlisted, found } = await takeOver(memoryOutside(files, kafka), files);
  expect(found).toEqual([]);
  expect(unlisted).toMatchObject([{ kind: 'ConsumerGroup', cluster: 'main', code: 'consumer-group/not-listed' }]);
});
