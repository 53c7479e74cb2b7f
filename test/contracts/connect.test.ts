import { randomBytes } from 'node:crypto';
import { afterAll, expect } from 'vitest';
import { memoryConnect } from '#targets/memory/connect.ts';
import { openConnect } from '#targets/rest/connect.ts';
import { startWorker, type Worker, within } from '../connect-worker.ts';
import { scramProperties } from '../kafka-tools.ts';
import { connectContract } from './connect.contract.ts';

connectContract('Connect in memory', async () => memoryConnect());

if (process.env.KAAS_TEST_BOOTSTRAP !== undefined) {
  let worker: Worker | undefined;
  afterAll(() => worker?.[Symbol.asyncDispose]());
  connectContract('a real Connect worker', async () => {
    const login = { user: process.env.KAAS_TEST_ADMIN_USER ?? '', password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '' };
    const started = await startWorker(scramProperties(login), `contract-${randomBytes(4).toString('hex')}`);
    worker = started;
    expect(await within(90_000, () => started.answers())).toBe(true);
    return openConnect({ label: 'Connect cluster main of test', url: started.url });
  });
} else if (process.env.CI === 'true') throw new Error('The real Kafka of test/stack.ts does not run.');
