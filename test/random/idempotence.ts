import { preview, reconcile } from '#flow/flow.ts';
import type { Outside } from '#flow/outside.ts';
import type { Change } from '#model/change.ts';
import type { Kafka } from '#ports/kafka.ts';

const writes = new Set([
  'createTopics',
  'createPartitions',
  'deleteTopics',
  'alterConfigs',
  'createAcls',
  'deleteAcls',
  'upsertScramUsers',
  'deleteScramUsers',
  'alterQuotas',
  'reassign',
]);

/** A port that counts the calls that really write (validate-only ones and empty batches do not). */
export function counting(kafka: Kafka): { kafka: Kafka; written: () => number } {
  let count = 0;
  const proxy = new Proxy(kafka, {
    get(target, name, receiver) {
      const member = Reflect.get(target, name, receiver);
      if (typeof name !== 'string' || !writes.has(name)) return member;
      return (items: unknown[], options?: { validateOnly?: boolean }) => {
        if (options?.validateOnly !== true && items.length > 0) count++;
        return (member as (...args: unknown[]) => unknown).call(target, items, options);
      };
    },
  });
  return { kafka: proxy, written: () => count };
}

const ready = (changes: readonly Change[]): Change[] => changes.filter(change => change.state === 'ready');

/** Plans and applies once, going on where problems do not reach: how much was applied, and whether all of it could be done. */
export async function settle(outside: Outside): Promise<{ applied: number; whole: boolean }> {
  const { checked, plan } = await preview(outside, 'dev');
  if (plan === undefined || checked.frame === undefined) return { applied: 0, whole: true };
  const result = await reconcile(outside, plan, { partial: true, frame: checked.frame });
  return {
    applied: result.changes.filter(change => change.outcome.state === 'applied' || change.outcome.state === 'started').length,
    whole: plan.changes.every(change => change.state !== 'impossible'),
  };
}

/** What a plan right after would still do: nothing, if the promise of idempotence holds. */
export async function leftToDo(outside: Outside): Promise<readonly Change[]> {
  const { plan } = await preview(outside, 'dev');
  return ready(plan?.changes ?? []);
}
