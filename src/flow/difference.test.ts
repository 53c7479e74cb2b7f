import { expect, test } from 'vitest';
import type { Kind, Live } from '#kinds/kind.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Resource } from '#model/resource.ts';
import { differences } from './difference.ts';

const kind = { name: 'Thing', remote: { project: (resource: Resource) => resource.spec, keeps: ['kept'] } } as unknown as Kind;
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

const compare = (desired: Resource[], there: Live[], owned: LedgerEntry[] = [], shared: string[] = []) =>
  differences({
    kind,
    environment: 'dev',
    cluster: 'main',
    desired,
    live: new Map(there.map(each => [each.remoteName, each])),
    owned,
    left: [],
    sharedElsewhere: new Map(shared.map(name => [name, { fields: new Set(), made: false }])),
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
