import { expect, test } from 'vitest';
import type { Resource } from '#model/resource.ts';
import { usersOf, withoutRights } from './credentials.ts';

const resource = (kind: string, name: string, spec: object = {}, more: Partial<Resource> = {}): Resource =>
  ({ kind, name, remoteName: name, cluster: 'main', managed: true, spec, ...more }) as unknown as Resource;
const account = resource('ServiceAccount', 'app', {}, { remoteName: 'User:app' });
const acl = (principal: string, type: string, pattern: string, name: string) =>
  resource('Acl', `${principal}|${type}|${pattern}|${name}|READ|ALLOW|*`);

test('who must restart are the documents that name the secret and the live groups that the account may be in', () => {
  const resources = [
    account,
    resource('Connector', 'sink', { config: { 'sasl.jaas.config': 'password="${secret.local.t/app}"' } }),
    resource('Connector', 'other', { config: { password: '${secret.local.t/other}' } }),
    resource('Connector', 'mirror', { config: { password: '${secret.local.t/app}' } }, { cluster: 'far' }),
    resource('Connector', 'elsewhere', { config: { user: '${account.app}' } }, { cluster: 'far' }),
    acl('User:app', 'group', 'prefixed', 'app.'),
    acl('User:app', 'group', 'literal', 'one'),
    acl('User:other', 'group', 'literal', 'theirs'),
  ];
  const groups = [
    { id: 'app.a', members: 2 },
    { id: 'app.b', members: 0 },
    { id: 'one', members: 1 },
    { id: 'theirs', members: 1 },
  ];
  expect(usersOf(account, resources, { keptIn: 'local/t/app', groups })).toEqual([
    'Connector mirror',
    'Connector sink',
    'group app.a (2 live)',
    'group one (1 live)',
  ]);
});

test('an account that no right names is unused; one whose access waits for consent is not', () => {
  const idle = resource('ServiceAccount', 'idle', {}, { remoteName: 'User:idle' });
  const asking = resource('ServiceAccount', 'asking', {}, { remoteName: 'User:asking' });
  const resources = [account, idle, asking, acl('User:app', 'topic', 'literal', 'orders')];
  expect(withoutRights(resources, [resource('Access', 'x', { serviceAccount: 't/asking' })])).toEqual([idle]);
});
