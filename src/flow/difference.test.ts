import { expect, test } from 'vitest';
import type { Kind, Live } from '#kinds/kind.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Resource } from '#model/resource.ts';
import { differences } from './difference.ts';

const remote = { project: (resource: Resource) => resource.spec, keeps: ['kept'], unreadable: ['secret'] };
const kind = { name: 'Thing', remote } as unknown as Kind;
const right = { name: 'Thing', remote: { ...remote, isRight: true } } as unknown as Kind;
const resource = (remoteName: string, spec: object, more: Partial<Resource> = {}): Resource =>
  ({
    tenant: 't',
    kind: 'Thing',
    name: remoteName,
    remoteName,
    spec,
    managed: true,
    annotations: {},
    declaredBy: [],
    protected: false,
    ...more,
  }) as Resource;
const live = (remoteName: string, fields: Live['fields'], more: Partial<Live> = {}): Live => ({
  remoteName,
  remoteId: 'id',
  fields,
  defaults: {},
  internal: false,
  details: {},
  ...more,
});
const entry = (remoteName: string, fields: LedgerEntry['fields'], more: Partial<LedgerEntry> = {}): LedgerEntry =>
  ({
    tenant: 't',
    kind: 'Thing',
    name: remoteName,
    remoteName,
    remoteId: 'id',
    environment: 'dev',
    cluster: 'main',
    fields,
    declaredBy: [],
    protected: false,
    ...more,
  }) as LedgerEntry;

const compare = (desired: Resource[], there: Live[], owned: LedgerEntry[] = [], shared: string[] = [], of = kind) =>
  differences({
    kind: of,
    environment: 'dev',
    cluster: 'main',
    desired,
    declared: desired,
    live: new Map(there.map(each => [each.remoteName, each])),
    owned,
    left: [],
    sharedElsewhere: new Map(shared.map(name => [name, { fields: new Set(), made: false }])),
    now: new Date('2026-01-01'),
  });
const actions = (result: ReturnType<typeof compare>) =>
  result.drafts.map(draft => [draft.action, draft.remoteName, draft.fields]);

test('what is declared and not there is created', () => {
  expect(actions(compare([resource('a', { size: 1 })], []))).toEqual([['create', 'a', [{ path: 'size', from: null, to: 1 }]]]);
});

test('what is there as declared and not ours yet is adopted without a difference', () => {
  expect(actions(compare([resource('a', { size: 1 })], [live('a', { size: 1, other: 9 })]))).toEqual([['adopt', 'a', []]]);
});

test('equal to the default is not drift', () => {
  expect(compare([resource('a', { size: 1 })], [live('a', {}, { defaults: { size: 1 } })], [entry('a', { size: 1 })])).toEqual({
    drafts: [],
    unchanged: 1,
  });
});

test('a field that we set and nobody declares any more goes back to the default; a foreign one stays', () => {
  expect(actions(compare([resource('a', {})], [live('a', { ours: 1, theirs: 2 })], [entry('a', { ours: 1 })]))).toEqual([
    ['update', 'a', [{ path: 'ours', from: 1, to: null }]],
  ]);
});

test('only what the ledger owns is deleted', () => {
  expect(actions(compare([], [live('a', { size: 1 }), live('b', {})], [entry('a', { size: 1 })]))).toEqual([
    ['delete', 'a', [{ path: 'size', from: 1, to: null }]],
  ]);
});

test('another object under the same name is forgotten, never deleted', () => {
  expect(actions(compare([], [live('a', {}, { remoteId: 'another' })], [entry('a', {})]))).toEqual([['forget', 'a', []]]);
});

test('what another entry names as well is forgotten, never deleted', () => {
  expect(actions(compare([], [live('a', {})], [entry('a', {})], ['a']))).toEqual([['forget', 'a', []]]);
});

test('a changed remote name creates the new and forgets the old', () => {
  const renamed = resource('new', {}, { name: 'x' });
  expect(actions(compare([renamed], [live('old', {})], [entry('old', {}, { name: 'x' })])).map(each => each[0])).toEqual([
    'create',
    'forget',
  ]);
});

test('a right whose document names another object is taken away from the old one', () => {
  const renamed = resource('new', { limit: 1 }, { name: 'x' });
  const there = [live('old', { limit: 1, theirs: 2 }, { remoteId: null })];
  const old = entry('old', { limit: 1 }, { name: 'x', remoteId: null });
  expect(actions(compare([renamed], there, [old], [], right))).toEqual([
    ['create', 'new', [{ path: 'limit', from: null, to: 1 }]],
    ['delete', 'old', [{ path: 'limit', from: 1, to: null }]],
  ]);
});

test('of an object that is gone, what is kept outside the cluster is taken away, unless another document asks for the same', () => {
  const old = entry('old', { size: 1, secret: 'store/a' });
  expect(actions(compare([], [], [old]))).toEqual([['delete', 'old', [{ path: 'secret', from: 'store/a', to: null }]]]);
  const heir = resource('new', { secret: 'store/a' });
  expect(actions(compare([heir], [live('new', {})], [entry('new', { secret: 'store/a' }), old]))).toEqual([
    ['forget', 'old', []],
  ]);
});

test('a document that moved to another tenant or name changes the ledger alone', () => {
  expect(actions(compare([resource('a', {}, { tenant: 'other' })], [live('a', {})], [entry('a', {})]))).toEqual([
    ['move', 'a', []],
  ]);
});

test('what is unmanaged is neither created nor deleted', () => {
  expect(actions(compare([resource('a', { size: 1 }, { managed: false })], [live('a', { size: 2 })], [entry('a', {})]))).toEqual([
    ['forget', 'a', []],
  ]);
});

test('the annotation deletes by name', () => {
  const leaving = resource('a', {}, { annotations: { 'kaas.dev/delete': 'a' } });
  const [draft] = compare([leaving], [live('a', {})], [entry('a', {})]).drafts;
  expect([draft?.action, draft?.consented]).toEqual(['delete', true]);
});

test('a changed protection is written to the ledger, not to the cluster', () => {
  expect(
    actions(compare([resource('a', { size: 1 }, { protected: true })], [live('a', { size: 1 })], [entry('a', { size: 1 })])),
  ).toEqual([['adopt', 'a', []]]);
});
