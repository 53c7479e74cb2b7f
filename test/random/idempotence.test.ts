import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyCluster, memoryKafka } from '#targets/memory/kafka.ts';
import { memoryOutside } from '../memory-outside.ts';
import { counting, leftToDo, settle } from './idempotence.ts';
import { filesOf, stand, standing, wish } from './landscapes.ts';

const cases = Number(process.env.KAAS_RANDOM_CASES ?? 10_000);

test(`after any apply, on any cluster, the next plan does nothing and foreign things stand as they stood (${cases} random cases in memory)`, {
  timeout: 600_000,
}, async () => {
  let applied = 0;
  await fc.assert(
    fc.asyncProperty(standing, wish, wish, async (before, first, second) => {
      const cluster = emptyCluster();
      const { kafka, written } = counting(memoryKafka(cluster));
      await stand(kafka, before);
      const foreign = () =>
        JSON.stringify([
          cluster.topics.get('other.topic'),
          [...(cluster.topics.get('other.topic')?.config ?? [])],
          [...cluster.acls.values()].filter(acl => acl.principal === 'User:other'),
          [...cluster.quotas.values()].filter(quota => quota.entity.user === 'other').map(quota => [...quota.limits]),
        ]);
      const stood = foreign();
      const files = new Map(filesOf(first));
      const outside = memoryOutside(files, kafka);
      for (const next of [first, second]) {
        files.clear();
        for (const [file, content] of filesOf({ ...next, prefix: first.prefix })) files.set(file, content);
        const once = await settle(outside);
        // What could not be done may have become possible by the rest: a deleted topic frees its metric name.
        if (!once.whole) await settle(outside);
        applied += once.applied;
        const count = written();
        expect(await leftToDo(outside)).toEqual([]);
        expect((await settle(outside)).applied).toBe(0);
        expect(written()).toBe(count);
        expect(foreign()).toBe(stood);
      }
    }),
    { numRuns: cases / 2, ...(process.env.KAAS_RANDOM_SEED === undefined ? {} : { seed: Number(process.env.KAAS_RANDOM_SEED) }) },
  );
  expect(applied).toBeGreaterThan(cases);
});
