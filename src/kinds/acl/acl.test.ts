import { describe, expect, test } from 'vitest';
import type { Collapsing } from '#model/collapse.ts';
import type { AclBinding } from '#ports/kafka.ts';
import type { ClusterFacts, Difference, Live } from '../kind.ts';
import { nameOf, opposites, senseless } from './binding.ts';
import { collapse } from './collapse.ts';
import { acl } from './index.ts';
import { toManifest } from './to-manifest.ts';

const binding = (change: Partial<AclBinding> = {}): AclBinding => ({
  principal: 'User:x',
  resourceType: 'topic',
  resourceName: 'orders',
  pattern: 'literal',
  operation: 'READ',
  permission: 'ALLOW',
  host: '*',
  ...change,
});
const live = (...bindings: AclBinding[]) => new Map(bindings.map(each => [nameOf(each), {} as Live]));

describe('bindings that can have no effect are explained', () => {
  test.each([
    ['WRITE on a group', binding({ resourceType: 'group', operation: 'WRITE' })],
    ['a prefixed *', binding({ resourceName: '*', pattern: 'prefixed' })],
    ['a star inside a literal name', binding({ resourceName: 'orders.*' })],
  ])('%s', (_what, odd) => expect(senseless(odd)).toMatch(/\w/));
  test('a plain one and the wildcard make sense', () => {
    expect(senseless(binding())).toBeUndefined();
    expect(senseless(binding({ resourceName: '*' }))).toBeUndefined();
  });
});

describe('rules that oppose one another', () => {
  const deny = (change: Partial<AclBinding>) => binding({ permission: 'DENY', ...change });
  test.each([
    ['the same', deny({})],
    ['a prefix', deny({ resourceName: 'ord', pattern: 'prefixed' })],
    ['the wildcard', deny({ resourceName: '*' })],
    ['ALL', deny({ operation: 'ALL' })],
  ])('%s is found', (_what, other) => expect(opposites(binding(), live(other))).toEqual([other]));
  test.each([
    ['another principal', deny({ principal: 'User:y' })],
    ['another topic', deny({ resourceName: 'orders2' })],
    ['another operation', deny({ operation: 'WRITE' })],
  ])('%s does not oppose', (_what, other) => expect(opposites(binding(), live(other))).toEqual([]));
  test('an ALLOW that goes while a DENY stays says so, a DENY that goes says what opens', () => {
    const cluster = { clusterId: 'c', brokers: [], live: live(binding(), deny({})) } satisfies ClusterFacts;
    const going = (each: AclBinding) =>
      acl.remote?.assess?.(
        { action: 'delete', remoteName: nameOf(each), fields: [], resource: undefined, live: undefined } satisfies Difference,
        cluster,
      );
    expect(going(binding())?.reasons?.[0]?.message).toMatch(/a DENY for the same stays/);
    expect(going(deny({}))?.reasons?.[0]?.message).toMatch(/allowed from then on/);
  });
});

describe('import', () => {
  const unprefixed = (name: string) => (name.startsWith('dev.') ? name.slice(4) : name);
  const imported = (each: AclBinding) => {
    const found = toManifest({ remoteName: nameOf(each) } as Live, unprefixed);
    return 'spec' in found ? found : undefined;
  };
  test('a wildcard that the prefix narrowed is a wildcard again', () =>
    expect(imported(binding({ resourceName: 'dev.', pattern: 'prefixed' }))?.spec.resource).toEqual({
      type: 'topic',
      name: '*',
      pattern: 'literal',
    }));
  test('what no document can say behind the prefix without giving more is left out', () => {
    expect(imported(binding({ resourceName: 'dev.', pattern: 'literal' }))).toBeUndefined();
    expect(imported(binding({ resourceName: 'dev.*', pattern: 'literal' }))).toBeUndefined();
    expect(imported(binding({ resourceName: '*', pattern: 'literal' }))?.spec.resource).toMatchObject({ name: '*' });
  });
  test('a rule of a principal from outside the prefix is not given to its namesake behind it', () => {
    const stranger = { kind: 'Acl', name: 'a', tenant: null, spec: { principal: 'User:app', operations: ['READ'] } };
    const around = { prefix: 'dev.', livesAnywhere: (_kind: string, name: string) => name === 'User:dev.app' };
    expect([...collapse([stranger], around as unknown as Collapsing).taken]).toEqual([stranger]);
    expect([...collapse([stranger], { ...around, livesAnywhere: () => false } as unknown as Collapsing).taken]).toEqual([]);
  });
  test('names stay apart that differ in capitals, permission or host only', () => {
    const all = [binding(), binding({ resourceName: 'Orders' }), binding({ permission: 'DENY' }), binding({ host: '10.0.0.1' })];
    const names = all.map(each => imported(each)?.name ?? '');
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9._-]{1,249}$/);
  });
  test("a binding is in the scope of the environment that its resource's name is in", () => {
    const dev = (name: string) => name.startsWith('dev.');
    const around = { live: {} as Live, registryAlone: true };
    expect(acl.remote?.inScope?.(nameOf(binding({ resourceName: 'dev.orders' })), dev, around)).toBe(true);
    expect(acl.remote?.inScope?.(nameOf(binding({ principal: 'User:dev.x', resourceName: 'orders' })), dev, around)).toBe(false);
  });
});
