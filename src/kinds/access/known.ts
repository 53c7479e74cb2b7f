import type { Fact } from '#model/fact.ts';
import type { Resource } from '#model/resource.ts';
import type { Surroundings } from '../kind.ts';
import type { AccessSpec } from './spec.ts';

type TopicFact = Extract<Fact, { fact: 'topic' }>;
type AccountFact = Extract<Fact, { fact: 'account' }>;
type Consent = Extract<Fact, { fact: 'consent' }>;

const indexes = new WeakMap<readonly Fact[], Map<string, Fact[]>>();

function indexed<Each extends Fact>(facts: readonly Each[], keyOf: (fact: Each) => string): Map<string, Each[]> {
  let index = indexes.get(facts) as Map<string, Each[]> | undefined;
  if (index === undefined) {
    index = Map.groupBy(facts, keyOf);
    indexes.set(facts, index);
  }
  return index;
}

const named = (each: Pick<Resource, 'cluster' | 'tenant' | 'name'>) =>
  `${each.cluster ?? ''}\t${each.tenant ?? ''}\t${each.name}`;

/** The account that an Access names, on the cluster of that Access, as its kind published it. */
export function accountFact(access: Resource, around: Surroundings): AccountFact | undefined {
  const name = (access.spec as AccessSpec).serviceAccount;
  const account = around.resolve({ kind: 'ServiceAccount', name }, access.tenant, access.cluster);
  return account === undefined ? undefined : indexed(around.facts('account'), named).get(named(account))?.[0];
}

/** What a topic's kind published of the topic with this remote name. */
export const topicFact = (remoteName: string, around: Surroundings): TopicFact | undefined =>
  indexed(around.facts('topic'), each => each.remoteName).get(remoteName)?.[0];

/** Consents to a tenant that still hold. */
export const consentsTo = (tenant: string, around: Surroundings): Consent[] =>
  (indexed(around.facts('consent'), each => each.to).get(tenant) ?? []).filter(
    each => each.until === undefined || each.until >= around.today,
  );
