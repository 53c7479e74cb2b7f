import { describe, expect, test } from 'vitest';
import type { Fact } from '#model/fact.ts';
import type { JsonObject } from '#model/json.ts';
import { covers } from '#model/name-pattern.ts';
import type { Problem } from '#model/problem.ts';
import type { Resource } from '#model/resource.ts';
import type { Surroundings } from '../kind.ts';
import { expand } from './expand.ts';
import { rules } from './rules.ts';

const resource = (kind: string, tenant: string | null, name: string, spec: object = {}): Resource => ({
  kind,
  tenant,
  name,
  spec: spec as JsonObject,
  cluster: 'main',
  environment: 'dev',
  remoteName: kind === 'ServiceAccount' ? `User:dev.${name}` : `dev.${name}`,
  labels: {},
  annotations: {},
  managed: true,
  protected: false,
  unassigned: false,
  layers: [],
  declaredBy: [],
  refersTo: [],
});

const topics = ['payments.orders', 'payments.customers', 'fraud.scores'].map(name =>
  resource('Topic', name.split('.')[0] as string, name),
);
const accounts = ['payments.checkout', 'fraud.scoring'].map(name =>
  resource('ServiceAccount', name.split('.')[0] as string, name),
);
const rule = (kind: string, name: string, operations: string[], pattern?: string) => ({
  resource: kind,
  name,
  operations,
  ...(pattern === undefined ? {} : { pattern }),
});
const facts: Fact[] = [
  ...topics.map<Fact>(({ tenant, name, remoteName }) => ({ fact: 'topic', tenant, cluster: 'main', name, remoteName })),
  ...accounts.map<Fact>(({ tenant, name, remoteName }) => ({
    fact: 'account',
    cluster: 'main',
    tenant,
    name,
    principal: remoteName,
    plainPrincipal: `User:${name}`,
    scram: true,
  })),
  {
    fact: 'accessTemplate',
    name: 'consumer',
    parameters: ['topics', 'group'],
    rules: [rule('topic', '{topic}', ['READ']), rule('group', '{group}', ['READ'])],
  },
  {
    fact: 'accessTemplate',
    name: 'streams',
    parameters: ['topics', 'applicationId'],
    rules: [
      rule('topic', '{topic}', ['READ']),
      rule('topic', '{outputs}', ['WRITE']),
      rule('topic', '{applicationId}-', ['CREATE'], 'prefixed'),
    ],
  },
];

function around(consents: Partial<Extract<Fact, { fact: 'consent' }>>[] = [], prefix = 'dev.'): Surroundings {
  const all = [
    ...facts,
    ...consents.map<Fact>(each => ({
      fact: 'consent',
      from: 'payments',
      to: 'fraud',
      as: 'consumer',
      topics: ['payments.orders'],
      ...each,
    })),
  ];
  const byFact = Map.groupBy(all, each => each.fact);
  return {
    environment: 'dev',
    environmentSpec: { clusters: { main: 'main' } },
    prefix,
    storeRefusal: () => undefined,
    today: '2026-06-30',
    owner: (_category, name) => ['payments', 'fraud'].find(tenant => covers(`${tenant}.*`, name)) ?? null,
    facts: name => (byFact.get(name) ?? []) as never,
    resolve: ({ kind, name }) =>
      [...topics, ...accounts].find(each => each.kind === kind && each.name === name.slice(name.indexOf('/') + 1)),
    registrySharedWith: () => [],
    ownersWithin: () => [],
    kafkaCluster: () => undefined,
    otherEnvironment: () => undefined,
    mayUsePrincipal: () => false,
  };
}

const fraud = (spec: object) =>
  resource('Access', 'fraud', 'x', { serviceAccount: 'fraud.scoring', as: 'consumer', group: 'fraud.scoring', ...spec });
const remoteNames = (each: Resource, surroundings: Surroundings) =>
  expand(each, surroundings).resources.map(({ remoteName }) => remoteName);
const codes = (each: Resource, surroundings: Surroundings): string[] => {
  const found: Problem[] = [];
  rules(each, surroundings, (make, _path, message) => found.push(make({ message })));
  return found.map(problem => problem.code);
};

test('an access is one binding per right, behind the prefix', () => {
  const own = resource('Access', 'payments', 'x', {
    serviceAccount: 'payments.checkout',
    as: 'consumer',
    topics: ['payments.orders', 'payments.*'],
    group: 'payments.checkout',
  });
  expect(remoteNames(own, around())).toEqual([
    'User:dev.payments.checkout|topic|literal|dev.payments.orders|READ|ALLOW|*',
    'User:dev.payments.checkout|topic|prefixed|dev.payments.|READ|ALLOW|*',
    'User:dev.payments.checkout|group|literal|dev.payments.checkout|READ|ALLOW|*',
  ]);
  expect(codes(own, around())).toEqual([]);
});

describe("nothing of another tenant's without the owner's consent", () => {
  const orders = fraud({ topics: ['payments.orders'] });
  const waiting = { resources: [], waits: { code: 'access/waiting-for-consent', who: 'tenant payments' } };
  test('it waits, and gives nothing meanwhile', () => expect(expand(orders, around())).toMatchObject(waiting));
  test('consent lets it through', () => expect(remoteNames(orders, around([{}]))).toHaveLength(2));
  test('consent holds to the end of its last day', () => {
    expect(remoteNames(orders, around([{ until: '2026-06-30' }]))).toHaveLength(2);
    expect(expand(orders, around([{ until: '2026-06-29' }]))).toMatchObject(waiting);
  });
  test.each([
    ['for another use', { as: 'producer' }],
    ['to somebody else', { to: 'analytics' }],
    ['to another topic', { topics: ['payments.customers'] }],
    ['from somebody who does not own it', { from: 'fraud' }],
  ])('consent %s is none', (_how, consent) => expect(expand(orders, around([consent]))).toMatchObject(waiting));
  test.each(['payments.*', 'payments.o*'])('the prefix %s waits too', topic =>
    expect(expand(fraud({ topics: [topic] }), around([{}]))).toMatchObject(waiting),
  );
  test.each(['*', 'p*', 'pay*'])('the prefix %s, wider than one tenant, waits for the platform', topic =>
    expect(expand(fraud({ topics: [topic] }), around([{}]))).toMatchObject({
      resources: [],
      waits: { code: 'access/waiting-for-consent', who: 'the platform' },
    }),
  );
  test('a whole prefix needs consent to the whole prefix', () =>
    expect(remoteNames(fraud({ topics: ['payments.o*'] }), around([{ topics: ['payments.*'] }]))[0]).toContain(
      '|prefixed|dev.payments.o|',
    ));
  test('the outputs of a streams application wait like its inputs', () =>
    expect(
      expand(
        fraud({
          as: 'streams',
          topics: ['fraud.scores'],
          parameters: { applicationId: 'fraud.app', outputs: ['payments.orders'] },
        }),
        around(),
      ),
    ).toMatchObject(waiting));
  test.each(['payments', 'payments.app', 'fraud', '*'])('the application id %s is refused', applicationId => {
    const streams = fraud({ as: 'streams', group: undefined, topics: ['fraud.scores'], parameters: { applicationId } });
    expect(codes(streams, around())).toContain('access/not-yours');
    expect(expand(streams, around()).resources).toEqual([]);
  });
  test("another tenant's account or group is refused", () => {
    expect(codes(fraud({ topics: ['fraud.scores'], serviceAccount: 'payments/payments.checkout' }), around())).toContain(
      'access/account-not-yours',
    );
    expect(codes(fraud({ topics: ['fraud.scores'], group: 'payments.checkout' }), around())).toContain('access/not-yours');
  });
});

test('what expired gives nothing and says so', () => {
  const old = fraud({ topics: ['fraud.scores'], until: '2026-06-29' });
  expect(expand(old, around())).toEqual({ resources: [] });
  expect(codes(old, around())).toEqual(['access/expired']);
});

test('a value that is missing or of no use is a problem', () => {
  expect(codes(fraud({ topics: ['fraud.scores'], group: undefined }), around())).toEqual(['access/missing-parameter']);
  expect(codes(fraud({ topics: ['fraud.scores'], transactionalId: 'fraud.x' }), around())).toEqual(['access/unused-parameter']);
});

test('the platform may name everything: the wildcard is narrowed to the prefix', () => {
  const all = resource('Access', null, 'x', { serviceAccount: 'fraud.scoring', as: 'consumer', topics: ['*'], group: 'g' });
  expect(remoteNames(all, around())[0]).toBe('User:dev.fraud.scoring|topic|prefixed|dev.|READ|ALLOW|*');
  expect(remoteNames(all, around([], ''))[0]).toBe('User:dev.fraud.scoring|topic|literal|*|READ|ALLOW|*');
});

test('a prefix may name its tenant, like every reference', () => {
  const asked = fraud({ topics: ['payments/payments.orders*'] });
  expect(remoteNames(asked, around([{ topics: ['payments.*'] }]))).toContain(
    'User:dev.fraud.scoring|topic|prefixed|dev.payments.orders|READ|ALLOW|*',
  );
});

test('a * that ends up inside a name is said, because nothing is called so', () => {
  const parameters = { applicationId: 'fraud.*', outputs: ['fraud.out'] };
  const asked = fraud({ as: 'streams', topics: ['fraud.in'], parameters });
  expect(codes(asked, around())).toContain('access/star-inside');
  expect(codes(fraud({ topics: ['payments.*'], group: 'fraud.*' }), around())).not.toContain('access/star-inside');
});
