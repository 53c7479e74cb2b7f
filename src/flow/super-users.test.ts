import { expect, test } from 'vitest';
import { Fault, refused } from '#model/fault.ts';
import type { Kafka } from '#ports/kafka.ts';
import { superUsersIn, superUsersOf } from './super-users.ts';

const authorizer = { name: 'authorizer.class.name', value: 'org.example.Authorizer' };

test('super users are known where the broker names them', () => {
  const config = [authorizer, { name: 'super.users', value: 'User:admin; User:CN=ops,O=Acme;' }];
  expect(superUsersIn(config)).toEqual({ principals: ['User:admin', 'User:CN=ops,O=Acme'] });
});

test('a hidden list is no empty list', () => {
  const { principals, caveat } = superUsersIn([authorizer, { name: 'super.users', value: null }]);
  expect([principals, caveat]).toEqual([[], expect.stringContaining('do not tell who')]);
});

test('without an authorizer everybody may do everything', () => {
  expect(superUsersIn([{ name: 'authorizer.class.name', value: '' }]).caveat).toContain('no authorizer');
});

test('a refused question says so instead of saying nobody', async () => {
  const kafka = {
    describeCluster: async () => ({ brokers: [{ id: 1 }] }),
    describeConfigs: async () => [refused(new Fault('kafka/cluster-authorization-failed', 'Our principal lacks X.'))],
  } as unknown as Kafka;
  expect((await superUsersOf(kafka)).caveat).toContain('Our principal lacks X.');
});
