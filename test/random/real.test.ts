import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import { openKafka } from '#targets/kafka/index.ts';
import { memoryOutside } from '../memory-outside.ts';
import { leftToDo, settle } from './idempotence.ts';
import { filesOf, wish } from './landscapes.ts';

const cases = Number(process.env.KAAS_RANDOM_REAL_CASES ?? 20);

test.skipIf(process.env.KAAS_TEST_BOOTSTRAP === undefined)(
  `after any apply on a real cluster the next plan does nothing and sends no write (${cases} random cases)`,
  { timeout: 3_600_000 },
  async () => {
    await using kafka = await openKafka({
      label: 'test',
      bootstrapServers: (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(','),
      protocol: 'SASL_PLAINTEXT',
      mechanism: 'SCRAM-SHA-512',
      username: process.env.KAAS_TEST_ADMIN_USER ?? '',
      password: new Redacted(process.env.KAAS_TEST_ADMIN_PASSWORD ?? ''),
    });
    await fc.assert(
      fc.asyncProperty(wish, wish, async (first, second) => {
        const prefix = `r${randomBytes(4).toString('hex')}.`;
        const files = new Map<string, object>();
        const outside = { ...memoryOutside(files, kafka), now: () => new Date(), sleep: (ms: number) => sleep(ms) };
        for (const next of [first, second, { ...second, topics: {}, accounts: [], prune: true }]) {
          files.clear();
          for (const [file, content] of filesOf({ ...next, prefix })) files.set(file, content);
          const once = await settle(outside);
          await seen(outside);
          if (!once.whole) await settle(outside);
          await seen(outside);
          expect(await leftToDo(outside)).toEqual([]);
          const before = kafka.requests.writes;
          expect((await settle(outside)).applied).toBe(0);
          expect(kafka.requests.writes).toBe(before);
        }
      }),
      { numRuns: cases, ...(process.env.KAAS_RANDOM_SEED === undefined ? {} : { seed: Number(process.env.KAAS_RANDOM_SEED) }) },
    );
    expect(kafka.requests.writes).toBeGreaterThan(cases);
  },
);

/** Other brokers hear of a change a moment later: what is still to be done then is not idempotence's fault for two seconds. */
async function seen(outside: Parameters<typeof leftToDo>[0]): Promise<void> {
  for (let attempt = 0; attempt < 20 && (await leftToDo(outside)).length > 0; attempt++) await sleep(100);
}
