import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openStore } from '#targets/store/open-store.ts';
import { kafkaTool, produceAs } from '../kafka-tools.ts';
import { manifest, run, type TestLandscape, testLandscape } from '../landscape.ts';
import { loginOf } from '../login-of.ts';

const launcher = join(import.meta.dirname, '../../bin/kaas');

test('a killed apply is taken up by the next one: nothing is lost, nothing is doubled, and the plan after it is empty', {
  timeout: 180_000,
}, async () => {
  const landscape = testLandscape();
  const many = Array.from(
    { length: 300 },
    (_, index) =>
      manifest('Topic', `shop.t${index}`, {}) +
      manifest('ServiceAccount', `shop.a${index}`, {}) +
      manifest('Access', `w${index}`, { serviceAccount: `shop.a${index}`, as: 'producer', topics: [`shop.t${index}`] }),
  );
  landscape.write('tenants/shop/all.yaml', many.join(''));
  await killInTheMiddle(landscape, 'apply', 'dev', '--yes');
  await applyOnceFree(landscape);
  expect((await landscape.plan()).changes).toEqual([]);
  const topics = (await kafkaTool('topics', '--list')).split('\n').filter(name => name.startsWith(`${landscape.prefix}shop.t`));
  expect(topics.length).toBe(300);
});

test('a rotation that is killed is completed by the next apply: the settings of then let in, and the old password too', {
  timeout: 240_000,
}, async () => {
  const landscape = testLandscape();
  const documents = manifest('Topic', 'shop.orders', {}) + manifest('ServiceAccount', 'shop.app', {});
  const access = manifest('Access', 'w', { serviceAccount: 'shop.app', as: 'producer', topics: ['shop.orders'] });
  landscape.write('tenants/shop/all.yaml', documents + access);
  await landscape.apply();
  const old = await loginOf(landscape, 'shop.app');
  await killInTheMiddle(landscape, 'rotate', 'dev', 'shop.app', '--yes');
  const meanwhile = await landscape.kaas('connection', 'dev', 'shop.app');
  expect(meanwhile.code === 0 ? meanwhile.stdout : meanwhile.stderr).toMatch(/Valid since a rotation|connection\/under-way/);
  await applyOnceFree(landscape);
  const now = await loginOf(landscape, 'shop.app');
  expect(now.properties).toContain('SCRAM-SHA-256');
  for (const login of [old, now]) {
    const { stdout, stderr } = await produceAs(login, `${landscape.prefix}shop.orders`, ['x']);
    expect(stdout + stderr).not.toContain('Authentication failed');
  }
  expect((await landscape.plan()).changes).toEqual([]);
});

/** Runs kaas until the journal of the landscape holds an intent, and kills it there: in the middle of a batch. */
async function killInTheMiddle({ directory }: TestLandscape, ...args: string[]): Promise<void> {
  const child = spawn(launcher, ['-C', directory, ...args], { env: { ...process.env, NO_COLOR: '1' }, stdio: 'ignore' });
  const ended = new Promise(resolve => child.once('close', resolve));
  await openIntents(directory);
  child.kill('SIGKILL');
  await ended;
}

async function openIntents(directory: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    await using store = await openStore(`sqlite:${join(directory, '.kaas/kaas.db')}`);
    if ((await store.openIntents({})).length > 0) return;
    await sleep(20);
  }
  throw new Error('the run never began a batch');
}

/** The lease of a killed run ends by itself; until then the next run names its holder. */
async function applyOnceFree(landscape: TestLandscape): Promise<void> {
  const apply = () => landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  let next = await apply();
  for (let attempt = 0; next.code !== 0 && attempt < 20; attempt++) {
    expect(next.stderr + next.stdout).toContain('store/leased');
    await sleep(5_000);
    next = await apply();
  }
  expect(next.code).toBe(0);
}

test('of two applies at once one writes and the other names it and stops, or finds nothing left to do', async () => {
  const landscape = testLandscape();
  landscape.write(
    'tenants/shop/all.yaml',
    Array.from({ length: 50 }, (_, index) => manifest('Topic', `shop.t${index}`, {})).join(''),
  );
  const both = await Promise.all([landscape.kaas('apply', 'dev', '--yes'), landscape.kaas('apply', 'dev', '--yes')]);
  const refused = both.filter(each => each.code !== 0);
  expect(refused.length).toBeLessThanOrEqual(1);
  for (const each of refused) expect(each.stderr + each.stdout).toMatch(/store\/leased|flow\/overtaken/);
  expect((await landscape.plan()).changes).toEqual([]);
});

test('a wrong password and an unreachable address are said with their remedy, and nothing is written', async () => {
  const landscape = testLandscape();
  landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.orders', {}));
  const wrong = await run(landscape.directory, ['plan', 'dev', '-o', 'json'], { KAAS_TEST_ADMIN_PASSWORD: 'wrong' });
  expect(wrong.code).toBe(1);
  expect(JSON.parse(wrong.stdout).problems).toMatchObject([
    {
      code: 'plan/unreachable',
      message: expect.stringContaining('kafka/wrong-credentials'),
      hint: expect.stringContaining('password'),
    },
  ]);
});
