import { expect, test } from 'vitest';
import { preview, reconcile } from '#flow/flow.ts';
import type { Outside } from '#flow/outside.ts';
import { resumeIfNeeded } from '#flow/resume.ts';
import type { ClusterPorts } from '#kinds/kind.ts';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { ConfigEntry, Kafka } from '#ports/kafka.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { memorySecrets } from '#targets/memory/secrets.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

/** The process is gone: nothing after this runs, and nothing is caught. */
class Killed extends Error {}

const key = 't/dev/main/t.app';

/** One account on a cluster in memory that remembers passwords as a broker does; `killAt` counts calls that write, before or after which the process dies. */
function world(credentials: object = { overlap: '1h' }) {
  const kafka = memoryKafka();
  const broker = new Map<string, string>();
  const stored = new Map<string, Redacted>();
  const secrets = memorySecrets(stored);
  const files = new Map([...frame(), ['tenants/t/a.yaml', document('ServiceAccount', 't.app', { credentials })] as const]);
  let made = 0;
  let now = Date.parse('2026-01-01T00:00:00Z');
  const kill = { at: -1, when: 'before' as 'before' | 'after', by: new Killed() as Error };
  let calls = 0;
  const mortal = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const dies = calls++ === kill.at;
    if (dies && kill.when === 'before') throw kill.by;
    const result = await work();
    if (dies) throw kill.by;
    return result;
  };
  const enabled = { name: 'sasl.enabled.mechanisms', value: 'SCRAM-SHA-256,SCRAM-SHA-512' } as ConfigEntry;
  const cluster: Kafka = {
    ...kafka,
    describeConfigs: async requests => requests.map(() => ({ ok: true, value: [enabled] })),
    upsertScramUsers: users =>
      mortal(async () => {
        for (const { mechanism, password } of users) broker.set(mechanism, password.reveal());
        return kafka.upsertScramUsers(users);
      }),
    deleteScramUsers: users =>
      mortal(async () => {
        for (const { mechanism } of users) broker.delete(mechanism);
        return kafka.deleteScramUsers(users);
      }),
  };
  const ports = {
    kafka: cluster,
    secrets: () => ({
      ...secrets,
      putAll: (values: ReadonlyMap<string, Redacted>) => mortal(() => secrets.putAll(values)),
      deleteAll: (keys: readonly string[]) => mortal(() => secrets.deleteAll(keys)),
    }),
  } as unknown as ClusterPorts;
  const outside: Outside = {
    ...memoryOutside(files, cluster),
    cluster: async () => ports,
    now: () => new Date(now),
    password: () => new Redacted(`password ${++made}`),
  };
  return {
    outside,
    broker,
    stored: (name: string) => stored.get(name)?.reveal(),
    later: (ms: number) => (now += ms),
    killAt(at: number, when: 'before' | 'after', by: Error = new Killed()) {
      calls = 0;
      Object.assign(kill, { at, when, by });
    },
    /** Git from now on: the account as it is declared, or nothing. */
    declare(spec?: object, name = 't.app') {
      const documents = spec === undefined ? [] : [['tenants/t/a.yaml', document('ServiceAccount', name, spec)] as const];
      Object.assign(outside, { files: memoryOutside(new Map([...frame(), ...documents]), memoryKafka()).files });
    },
    /** Somebody deletes the user by hand. */
    async deleteUser() {
      broker.clear();
      await kafka.deleteScramUsers(
        (['SCRAM-SHA-512', 'SCRAM-SHA-256'] as const).map(mechanism => ({ user: 't.app', mechanism })),
      );
    },
    loginAs: (user: string) => Object.assign(cluster, { user }),
    lives: () => Object.assign(kill, { at: -1 }),
    async apply(renew = false) {
      const { checked, plan } = await preview(outside, 'dev', { renew });
      if (plan === undefined || checked.frame === undefined) throw new Error('no plan');
      await reconcile(outside, plan, { partial: false, frame: checked.frame, ...(renew ? { operation: 'rotate' } : {}) });
      return plan.changes;
    },
    plan: async () => (await preview(outside, 'dev')).plan?.changes,
  };
}

const steps = [0, 1, 2, 3].flatMap(at => (['before', 'after'] as const).map(when => [at, when] as const));

test.each(steps)(
  'a rotation asked for and killed at write %i (%s) is completed by the next apply: one new password, and the old one works',
  async (at, when) => {
    const app = world();
    await app.apply();
    app.killAt(at, when);
    await expect(app.apply(true)).rejects.toThrow(Killed);
    app.lives();
    expect(
      [...app.broker.values()].every(password => [app.stored(key), app.stored(`${key}.next`), 'password 1'].includes(password)),
    ).toBe(true);
    expect(await resumeIfNeeded(app.outside, 'dev')).toBe(1);
    expect(await app.plan()).toEqual([]);
    // A password that never reached the store was nobody's.
    const fresh = at === 0 && when === 'before' ? 'password 3' : 'password 2';
    expect([...app.broker]).toEqual([
      ['SCRAM-SHA-512', 'password 1'],
      ['SCRAM-SHA-256', fresh],
    ]);
    expect([app.stored(key), app.stored(`${key}.mechanism`), app.stored(`${key}.next`)]).toEqual([
      fresh,
      'SCRAM-SHA-256',
      undefined,
    ]);
    app.later(3_600_000);
    await app.apply();
    expect([...app.broker]).toEqual([['SCRAM-SHA-256', fresh]]);
    expect(await app.plan()).toEqual([]);
  },
);

test.each(steps)('a rotation that was due and was killed at write %i (%s) happens once', async (at, when) => {
  const app = world({ rotateEvery: '30d', overlap: '1h' });
  await app.apply();
  app.later(30 * 86_400_000);
  app.killAt(at, when);
  await expect(app.apply()).rejects.toThrow(Killed);
  app.lives();
  await resumeIfNeeded(app.outside, 'dev');
  await app.apply();
  expect(await app.plan()).toEqual([]);
  // A password that never reached the store was nobody's.
  const fresh = at === 0 && when === 'before' ? 'password 3' : 'password 2';
  expect([...app.broker]).toEqual([
    ['SCRAM-SHA-512', 'password 1'],
    ['SCRAM-SHA-256', fresh],
  ]);
});

test('a rotation that a person asked for is audited as one', async () => {
  const app = world();
  await app.apply();
  await app.apply(true);
  const store = await app.outside.store({ environments: ['dev'] });
  expect((await store.audit({})).map(entry => entry.event)).toEqual(['apply', 'rotate']);
});

test('a store that fails after the brokers have accepted leaves the rotation to the next apply', async () => {
  const app = world();
  await app.apply();
  app.killAt(2, 'before', new Fault('secrets/locked', 'somebody else writes'));
  await app.apply(true);
  app.lives();
  expect([app.stored(key), app.stored(`${key}.next`)]).toEqual(['password 1', 'password 2']);
  expect(await resumeIfNeeded(app.outside, 'dev')).toBe(1);
  expect([app.stored(key), app.stored(`${key}.next`)]).toEqual(['password 2', undefined]);
  expect(await app.plan()).toEqual([]);
});

test('a type that Git changes during an overlap keeps the new password, under the mechanism that Git names now', async () => {
  const app = world();
  await app.apply();
  await app.apply(true);
  app.later(3_600_000);
  await app.apply();
  await app.apply(true);
  expect([...app.broker]).toEqual([
    ['SCRAM-SHA-256', 'password 2'],
    ['SCRAM-SHA-512', 'password 3'],
  ]);
  const spec = { authentication: { type: 'scram-sha-256' }, credentials: { overlap: '1h' } };
  const files = new Map([...frame(), ['tenants/t/a.yaml', document('ServiceAccount', 't.app', spec)] as const]);
  Object.assign(app.outside, { files: memoryOutside(files, memoryKafka()).files });
  await app.apply();
  expect([...app.broker]).toEqual([['SCRAM-SHA-256', 'password 3']]);
  expect(app.stored(`${key}.mechanism`)).toBe('SCRAM-SHA-256');
  expect(await app.plan()).toEqual([]);
});

test('a password that moves in the store during an overlap takes its mechanism along', async () => {
  const app = world();
  await app.apply();
  await app.apply(true);
  const spec = { credentials: { overlap: '1h', deliverTo: { store: 'local', key: 't/moved' } } };
  const files = new Map([...frame(), ['tenants/t/a.yaml', document('ServiceAccount', 't.app', spec)] as const]);
  Object.assign(app.outside, { files: memoryOutside(files, memoryKafka()).files });
  await app.apply();
  expect([app.stored('t/moved'), app.stored('t/moved.mechanism'), app.stored(key)]).toEqual([
    'password 2',
    'SCRAM-SHA-256',
    undefined,
  ]);
  expect([...app.broker.keys()]).toEqual(['SCRAM-SHA-512', 'SCRAM-SHA-256']);
  expect(await app.plan()).toEqual([]);
});

test('a user that somebody deleted during an overlap comes back with the valid password alone', async () => {
  const app = world();
  await app.apply();
  await app.apply(true);
  const ports = await app.outside.cluster('main', {} as never);
  await ports.kafka.deleteScramUsers(
    ['SCRAM-SHA-512', 'SCRAM-SHA-256'].map(mechanism => ({ user: 't.app', mechanism: mechanism as 'SCRAM-SHA-512' })),
  );
  await app.apply();
  expect([...app.broker]).toEqual([['SCRAM-SHA-256', 'password 2']]);
  expect(await app.plan()).toEqual([]);
});

test('an account whose document goes while its rotation is half done is not made again, and nothing stays open', async () => {
  const app = world();
  await app.apply();
  app.killAt(1, 'before');
  await expect(app.apply(true)).rejects.toThrow(Killed);
  // Whoever takes it up cannot write to the store, and meanwhile the document goes.
  app.killAt(0, 'before', new Fault('secrets/unreachable', 'the store is away'));
  app.declare();
  await resumeIfNeeded(app.outside, 'dev');
  app.lives();
  await app.apply();
  await resumeIfNeeded(app.outside, 'dev');
  await app.apply();
  expect([...app.broker]).toEqual([]);
  expect([app.stored(key), app.stored(`${key}.next`), app.stored(`${key}.mechanism`)]).toEqual([undefined, undefined, undefined]);
  const store = await app.outside.store({ environments: ['dev'] });
  expect(await store.openIntents({ environment: 'dev' })).toEqual([]);
  expect(await store.ledger({})).toEqual([]);
});

test('a half done rotation of a user that is gone from the brokers and from Git is closed as failed, with the reason', async () => {
  const app = world();
  await app.apply();
  app.killAt(1, 'before');
  await expect(app.apply(true)).rejects.toThrow(Killed);
  app.lives();
  await app.deleteUser();
  app.declare();
  const said: string[] = [];
  expect(await resumeIfNeeded(app.outside, 'dev', message => said.push(message))).toBe(1);
  expect(said).toEqual([
    't/ServiceAccount/t.app was given up: Its user is gone from the cluster, so there is nothing to rotate.',
  ]);
  expect([...app.broker]).toEqual([]);
  await app.apply();
  expect([...app.broker]).toEqual([]);
  expect([app.stored(key), app.stored(`${key}.next`)]).toEqual([undefined, undefined]);
});

test('a type that Git changes on the day on which the password is due is a change of type, and the rotation comes after it', async () => {
  const app = world({ rotateEvery: '30d', overlap: '1h' });
  await app.apply();
  app.later(30 * 86_400_000);
  app.declare({ authentication: { type: 'scram-sha-256' }, credentials: { rotateEvery: '30d', overlap: '1h' } });
  await app.apply();
  expect([...app.broker]).toEqual([['SCRAM-SHA-256', 'password 1']]);
  await app.apply();
  expect([...app.broker]).toEqual([
    ['SCRAM-SHA-256', 'password 1'],
    ['SCRAM-SHA-512', 'password 2'],
  ]);
  expect(await app.plan()).toEqual([]);
});

test('a document that is renamed while its rotation is half done keeps both passwords and moves', async () => {
  const app = world();
  await app.apply();
  app.killAt(2, 'before');
  await expect(app.apply(true)).rejects.toThrow(Killed);
  app.lives();
  app.declare({ principal: 'User:t.app', credentials: { overlap: '1h' } }, 't.renamed');
  expect(await resumeIfNeeded(app.outside, 'dev')).toBe(1);
  expect((await app.apply()).map(each => each.action)).toEqual(['move']);
  expect([...app.broker]).toEqual([
    ['SCRAM-SHA-512', 'password 1'],
    ['SCRAM-SHA-256', 'password 2'],
  ]);
  expect(app.stored(key)).toBe('password 2');
  expect(await app.plan()).toEqual([]);
  app.later(3_600_000);
  await app.apply();
  expect([...app.broker]).toEqual([['SCRAM-SHA-256', 'password 2']]);
});

test('a clock that jumps back revokes and rotates nothing; one that jumps far forward revokes before it rotates', async () => {
  const app = world({ rotateEvery: '30d', overlap: '1h' });
  await app.apply();
  await app.apply(true);
  app.later(-400 * 86_400_000);
  expect(await app.plan()).toEqual([]);
  app.later(1_000 * 86_400_000);
  await app.apply();
  expect([...app.broker]).toEqual([['SCRAM-SHA-256', 'password 2']]);
  await app.apply();
  expect([...app.broker.keys()]).toEqual(['SCRAM-SHA-256', 'SCRAM-SHA-512']);
});

test('another principal during an overlap makes the new user and takes the old one away with all of its passwords', async () => {
  const app = world();
  await app.apply();
  await app.apply(true);
  app.declare({ principal: 'User:t.other', credentials: { overlap: '1h' } });
  await app.apply();
  expect(await app.plan()).toEqual([]);
  expect([app.stored(key), app.stored(`${key}.mechanism`), app.stored('t/dev/main/t.other')]).toEqual([
    undefined,
    undefined,
    'password 3',
  ]);
  expect(app.stored('t/dev/main/t.other.mechanism')).toBe('SCRAM-SHA-512');
});

test('the account as which kaas itself logs in is not rotated: it would lock itself out', async () => {
  const app = world();
  await app.apply();
  app.loginAs('t.app');
  const [change] = await app.apply(true);
  expect([change?.state, change?.reasons.map(reason => reason.code)]).toEqual([
    'impossible',
    ['service-account/other-mechanism', 'service-account/our-own-login'],
  ]);
  expect([...app.broker]).toEqual([['SCRAM-SHA-512', 'password 1']]);
});
