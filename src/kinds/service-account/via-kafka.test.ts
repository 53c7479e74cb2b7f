import { expect, test } from 'vitest';
import type { Change, FieldValue } from '#model/change.ts';
import { Fault, refused, succeeded } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { ScramCredential } from '#ports/kafka.ts';
import type { ClusterPorts } from '../kind.ts';
import { apply, probe } from './via-kafka.ts';

type Field = [path: string, from: FieldValue, to: FieldValue];
const change = (action: Change['action'], fields: Field[], credential: string | null = 'local/k'): Change =>
  ({
    action,
    remoteName: 'User:dev.x',
    fields: fields.map(([path, from, to]) => ({ path, from, to, risk: 'safe' })),
    owned: credential === null ? {} : { credential },
  }) as unknown as Change;

function world(secrets: Record<string, string> = {}, options: { refuse?: boolean } = {}) {
  const log: string[] = [];
  const store = new Map(Object.entries(secrets));
  const answer = () => (options.refuse ? refused(new Fault('kafka/unacceptable-credential', 'no')) : succeeded);
  const ports = {
    kafka: {
      describeCluster: async () => ({ brokers: [{ id: 0, host: 'h', port: 9092, rack: null }] }),
      upsertScramUsers: async (all: ScramCredential[]) =>
        all.map(each => (log.push(`upsert ${each.user} ${each.mechanism} ${each.password.reveal()}`), answer())),
      deleteScramUsers: async (all: { user: string; mechanism: string }[]) =>
        all.map(each => (log.push(`delete ${each.user} ${each.mechanism}`), answer())),
    },
    secrets: (name: string) => {
      if (name !== 'local') throw new Fault('secrets/no-store', `no store ${name}`);
      return {
        getAll: async (keys: string[]) =>
          new Map(keys.flatMap(key => (store.has(key) ? [[key, new Redacted(store.get(key) as string)] as const] : []))),
        putAll: async (values: Map<string, Redacted>) => {
          for (const [key, value] of values) store.set(key, value.reveal());
          log.push(`store ${[...values.keys()]}`);
        },
        address: async (key: string) => key,
        deleteAll: async (keys: string[]) => keys.forEach(key => void (store.delete(key), log.push(`forget ${key}`))),
      };
    },
  } as unknown as ClusterPorts;
  const context = {
    signal: new AbortController().signal,
    clusterId: 'c',
    environment: 'dev',
    today: '2026-03-31',
    password: () => new Redacted('fresh'),
    progress: () => {},
  };
  return { log, store, run: (...changes: Change[]) => apply(ports, changes, context) };
}

const created: Field[] = [
  ['mechanism.SCRAM-SHA-512', null, true],
  ['credential', null, 'local/k'],
];

test('a new password is in the store before the broker hears of it, and in no outcome', async () => {
  const { log, run } = world();
  const outcomes = await run(change('create', created));
  expect(outcomes).toEqual([{ state: 'applied' }]);
  expect(log).toEqual(['store k,k.mechanism', 'upsert dev.x SCRAM-SHA-512 fresh']);
  expect(JSON.stringify(outcomes)).not.toContain('fresh');
});

test('the mechanism that a password is under stands beside it from the start, so that whoever reads both goes on after a rotation', async () => {
  const { store, run } = world();
  await run(change('create', created));
  expect(store.get('k.mechanism')).toBe('SCRAM-SHA-512');
});

test('a password that an interrupted run left behind is used', async () => {
  const { log, run } = world({ k: 'left' });
  await run(change('create', created));
  expect(log).toEqual(['store k.mechanism', 'upsert dev.x SCRAM-SHA-512 left']);
});

test('an adopted user whose password nobody knows gets no new one by the way', async () => {
  const { log, run } = world();
  const switched: Field[] = [
    ['mechanism.SCRAM-SHA-512', null, true],
    ['mechanism.SCRAM-SHA-256', true, null],
  ];
  expect(await run(change('update', switched))).toMatchObject([{ state: 'failed', code: 'service-account/password-unknown' }]);
  expect(log).toEqual([]);
});

test('the old mechanism stays while the new one is refused', async () => {
  const { log, run } = world({ k: 'known' }, { refuse: true });
  const switched: Field[] = [
    ['mechanism.SCRAM-SHA-512', null, true],
    ['mechanism.SCRAM-SHA-256', true, null],
  ];
  expect((await run(change('update', switched)))[0]?.state).toBe('failed');
  expect(log).toEqual(['store k.mechanism', 'upsert dev.x SCRAM-SHA-512 known']);
});

const removed: Field[] = [
  ['mechanism.SCRAM-SHA-512', true, null],
  ['credential', 'local/k', null],
];

test('a removed user takes its secret along once the broker has accepted, not before', async () => {
  const gone = world({ k: 'known' });
  expect(await gone.run(change('delete', removed, null))).toEqual([{ state: 'applied' }]);
  expect(gone.log).toEqual(['delete dev.x SCRAM-SHA-512', 'forget k', 'forget k.mechanism', 'forget k.next']);
  const stays = world({ k: 'known' }, { refuse: true });
  await stays.run(change('delete', removed, null));
  expect(stays.store.get('k')).toBe('known');
});

test('a password that moves to another key stays the same and needs no call to the broker', async () => {
  const { log, store, run } = world({ old: 'known' });
  expect(await run(change('update', [['credential', 'local/old', 'local/k']]))).toEqual([{ state: 'applied' }]);
  expect(log).toEqual(['store k', 'forget old', 'forget old.mechanism', 'forget old.next']);
  expect(store.get('k')).toBe('known');
});

test('a store that fails costs only the accounts that need it', async () => {
  const { log, run } = world();
  const outcomes = await run(change('create', created, 'vault/k'), change('create', created));
  expect(outcomes.map(each => each.state)).toEqual(['failed', 'applied']);
  expect(log).toEqual(['store k,k.mechanism', 'upsert dev.x SCRAM-SHA-512 fresh']);
});

test('a key that fits its store, where that of its mechanism does not, is impossible before anything is written', async () => {
  const secrets = {
    getAll: async () => new Map(),
    address: async (key: string) => {
      if (key.length > 3) throw new Fault('secrets/bad-name', `\`${key}\` is too long.`);
      return key;
    },
  };
  const resource = { refersTo: [], spec: { credentials: { deliverTo: { store: 'local', key: 'abc' } } } };
  const difference = { action: 'create', fields: [{ path: 'credential', from: null, to: 'local/abc' }], resource };
  expect(await probe({ secrets: () => secrets } as never, [difference as never])).toMatchObject([
    { impossible: [{ code: 'secrets/bad-name', message: expect.stringContaining('abc.mechanism') }] },
  ]);
});
