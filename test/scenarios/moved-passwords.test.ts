import { expect, test } from 'vitest';
import { detectDrift } from '#flow/drift.ts';
import { preview, reconcile } from '#flow/flow.ts';
import type { Frame } from '#flow/frame.ts';
import type { Plan } from '#model/plan.ts';
import { Redacted } from '#model/redacted.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { memorySecrets } from '#targets/memory/secrets.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

/** Accounts `t.NAME` whose passwords are under these keys. */
function world() {
  const stored = new Map<string, Redacted>();
  const files = new Map(frame());
  const outside = memoryOutside(files, memoryKafka(), { secrets: memorySecrets(stored) });
  return {
    stored,
    value: (key: string) => stored.get(key)?.reveal(),
    declare(keys: Readonly<Record<string, string>>) {
      for (const name of [...files.keys()].filter(each => each.startsWith('tenants/'))) files.delete(name);
      for (const [name, key] of Object.entries(keys))
        files.set(
          `tenants/t/${name}.yaml`,
          document('ServiceAccount', `t.${name}`, { credentials: { deliverTo: { store: 'local', key } } }),
        );
    },
    async apply() {
      const { checked, plan } = await preview(outside, 'dev');
      const applied = await reconcile(outside, plan as Plan, { partial: false, frame: checked.frame as Frame });
      return applied.changes.map(each => [each.name, each.state, each.reasons.map(reason => reason.code)]);
    },
  };
}
const taken = (name: string) => [name, 'impossible', ['service-account/key-taken']];

test('two accounts whose keys are swapped keep their passwords: the plan says that it cannot be done in one step', async () => {
  const { declare, apply, value } = world();
  declare({ a: 't/one', b: 't/two' });
  await apply();
  const before = [value('t/one'), value('t/two')];
  declare({ a: 't/two', b: 't/one' });
  expect(await apply()).toEqual([taken('t.a'), taken('t.b')]);
  expect([value('t/one'), value('t/two')]).toEqual(before);
  declare({ a: 't/three', b: 't/two' });
  await apply();
  declare({ a: 't/three', b: 't/one' });
  await apply();
  declare({ a: 't/two', b: 't/one' });
  await apply();
  expect([value('t/two'), value('t/one'), value('t/three')]).toEqual([...before, undefined]);
});

test('a password does not move onto a key that holds something else, were it that of an account that goes', async () => {
  const { declare, apply, value, stored } = world();
  declare({ a: 't/one', b: 't/two' });
  await apply();
  const own = value('t/one');
  declare({ a: 't/two' });
  expect(await apply()).toContainEqual(taken('t.a'));
  expect(value('t/one')).toBe(own);
  stored.set('t/strange', new Redacted('theirs'));
  declare({ a: 't/strange', b: 't/two' });
  expect(await apply()).toEqual([taken('t.a')]);
  expect([value('t/one'), value('t/strange')]).toEqual([own, 'theirs']);
});

test('an account that has nothing on the cluster, as one of TLS or OAuth, has not drifted; a user that was deleted by hand has', async () => {
  const kafka = memoryKafka();
  const files = new Map(frame());
  files.set('platform/tenants/t.yaml', document('Tenant', 't', { principals: ['User:CN=t-*'] }));
  for (const type of ['tls', 'oauthbearer', 'external'])
    files.set(
      `tenants/t/${type}.yaml`,
      document('ServiceAccount', `t.${type}`, { principal: `User:CN=t-${type}`, authentication: { type } }),
    );
  files.set('tenants/t/user.yaml', document('ServiceAccount', 't.user', {}));
  const outside = memoryOutside(files, kafka);
  const { checked, plan } = await preview(outside, 'dev');
  await reconcile(outside, plan as Plan, { partial: false, frame: checked.frame as Frame });
  const drifted = async () => (await detectDrift(outside, 'dev')).plan?.changes.map(each => each.name);
  expect(await drifted()).toEqual([]);
  await kafka.deleteScramUsers([{ user: 't.user', mechanism: 'SCRAM-SHA-512' }]);
  expect(await drifted()).toEqual(['t.user']);
});

test('a mechanism that somebody took from an account has drifted, and can be given back: its password is known', async () => {
  const kafka = memoryKafka();
  const files = new Map(frame());
  files.set('tenants/t/user.yaml', document('ServiceAccount', 't.user', {}));
  const stored = new Map<string, Redacted>();
  const outside = memoryOutside(files, kafka, { secrets: memorySecrets(stored) });
  const { checked, plan } = await preview(outside, 'dev');
  await reconcile(outside, plan as Plan, { partial: false, frame: checked.frame as Frame });
  const [user] = await kafka.listScramUsers();
  const password = new Redacted('by hand');
  await kafka.upsertScramUsers([{ user: user?.user as string, mechanism: 'SCRAM-SHA-256', iterations: 8_192, password }]);
  await kafka.deleteScramUsers([{ user: user?.user as string, mechanism: 'SCRAM-SHA-512' }]);
  const drifted = async () =>
    (await detectDrift(outside, 'dev')).plan?.changes.map(each => [
      each.name,
      each.state,
      each.reasons.map(reason => reason.code),
    ]);
  expect(await drifted()).toEqual([['t.user', 'ready', []]]);
  stored.clear();
  expect(await drifted()).toEqual([['t.user', 'impossible', ['service-account/password-unknown']]]);
});
