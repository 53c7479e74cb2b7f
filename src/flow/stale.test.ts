import { expect, test } from 'vitest';
import type { Change } from '#model/change.ts';
import type { Plan } from '#model/plan.ts';
import { stale } from './stale.ts';

const change = (name: string, digest: string, over: Partial<Change> = {}) =>
  ({
    cluster: 'main',
    tenant: 't',
    kind: 'Topic',
    name,
    remoteName: name,
    digest,
    action: 'create',
    state: 'ready',
    ...over,
  }) as Change;
const plan = (digest: string, ...changes: Change[]) =>
  ({ digest, changes, problems: [], summary: { unchanged: 1 } }) as unknown as Plan;

test('a saved plan keeps what would still be done in the same words, and refuses the rest by name', () => {
  const saved = plan(
    'saved',
    change('same', '1'),
    change('changed', '2'),
    change('done', '3'),
    change('held', '4', { state: 'blocked' }),
    change('protected', '6'),
  );
  const fresh = plan(
    'fresh',
    change('same', '1', { remoteId: 'now' }),
    change('changed', '9'),
    change('new', '5'),
    change('held', '4'),
    change('protected', '6', {
      state: 'blocked',
      blockedBy: [{ code: 'plan/protected', message: 'It is protected.', who: 'platform' }],
    }),
  );
  const { plan: kept, refused } = stale(saved, fresh);
  expect(kept.digest).toBe('saved');
  expect(kept.changes).toEqual([change('same', '1', { remoteId: 'now' })]);
  expect(kept.summary).toMatchObject({ create: 1, unchanged: 1 });
  expect(refused.map(each => [each.name, each.outcome.state, each.outcome.message?.slice(0, 10)])).toEqual([
    ['changed', 'refused', 'It differs'],
    ['done', 'refused', 'It is as a'],
    ['protected', 'refused', 'It was rea'],
  ]);
});
