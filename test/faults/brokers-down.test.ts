import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bootstrapServers, type LocalKafka, startKafka, stopKafka } from '#targets/processes/index.ts';
import { openStore } from '#targets/store/open-store.ts';
import { kafkaTool, produceAs } from '../kafka-tools.ts';
import { manifest, type OutcomePlan, type Run, type TestLandscape, testLandscape } from '../landscape.ts';

const launcher = join(import.meta.dirname, '../../bin/kaas');

/** Three brokers of this file's own: the shared ones are never killed. */
describe.runIf(process.env.KAAS_TEST_BROKERS !== '1' && process.env.KAAS_TEST_KAFKA_LIB !== undefined)(
  'with three brokers of its own',
  () => {
    const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    const directory = mkdtempSync(join(parent, `kaas-test-${process.pid}-`));
    const shared = { ...process.env };
    const start = () => startKafka({ directory, name: 'mortal', brokers: 3 });
    let kafka: LocalKafka;
    beforeAll(async () => {
      kafka = await start();
      Object.assign(process.env, {
        KAAS_TEST_BOOTSTRAP: bootstrapServers(kafka).join(','),
        KAAS_TEST_ADMIN_USER: kafka.adminUser,
        KAAS_TEST_ADMIN_PASSWORD: kafka.adminPassword.reveal(),
      });
    });
    afterAll(async () => {
      Object.assign(process.env, shared);
      await stopKafka(directory, { forget: true });
      rmSync(directory, { recursive: true, force: true });
    });

    const kill = (id: number) => process.kill(kafka.nodes.find(node => node.id === id)?.pid as number, 'SIGKILL');
    const restart = async () => {
      kafka = await start();
    };
    const leaderOfControllers = async () =>
      Number(/LeaderId:\s+(\d+)/.exec(await kafkaTool('quorum', 'describe', '--status'))?.[1]);

    test('a broker killed in the middle of an apply: what failed is said, nothing is lost or deleted, and the next apply ends it', {
      timeout: 300_000,
    }, async () => {
      const landscape = testLandscape();
      const many = Array.from({ length: 300 }, (_, index) => everything(index, { partitions: 2, replicationFactor: 3 }));
      landscape.write(
        'tenants/shop/old.yaml',
        Array.from({ length: 20 }, (_, index) => everything(1_000 + index, { replicationFactor: 3 })).join(''),
      );
      landscape.write('tenants/shop/single.yaml', manifest('Topic', 'shop.single', { replicationFactor: 1 }));
      expect((await landscape.apply()).code).toBe(0);
      landscape.write('tenants/shop/all.yaml', many.join(''));

      const victim = await leaderOfControllers();
      const running = landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
      await openIntents(landscape);
      kill(victim);
      const hit = await running;
      const outcomes = (JSON.parse(hit.stdout) as OutcomePlan).changes.map(change => change.outcome);
      const failed = outcomes.filter(outcome => outcome?.state !== 'applied');
      expect(hit.code).toBe(failed.length === 0 ? 0 : failed.length === outcomes.length ? 1 : 5);
      for (const outcome of failed) expect(outcome?.message).toBeTruthy();

      // While it is down: what stands has three replicas and is left alone; a new topic may have them, an old one gets no more.
      landscape.write('tenants/shop/new.yaml', manifest('Topic', 'shop.new', { replicationFactor: 3 }));
      landscape.write('tenants/shop/single.yaml', manifest('Topic', 'shop.single', { replicationFactor: 3 }));
      await until(async () => (await landscape.plan()).changes.some(change => change.state === 'impossible'));
      const down = await landscape.plan();
      const of = (name: string) => down.changes.find(change => change.name === name);
      expect(new Set(down.changes.map(change => change.action))).not.toContain('delete');
      expect(new Set(down.changes.map(change => change.action))).not.toContain('forget');
      expect(down.changes.filter(change => /shop\.[ta]10\d\d/.test(change.name))).toEqual([]);
      expect(of('shop.new')).toMatchObject({ state: 'ready', probe: 'accepted', reasons: [{ code: 'topic/broker-down' }] });
      expect(of('shop.single')).toMatchObject({
        state: 'impossible',
        reasons: [{ message: `Replication factor 3 needs 3 brokers; 2 of 3 answer, not broker ${victim}.` }],
      });
      const partly = await landscape.apply('--partial');
      expect(partly.code).toBe(5);
      expect(partly.changes.find(change => change.name === 'shop.new')?.outcome).toEqual({
        state: 'applied',
        remoteId: expect.any(String),
      });

      await restart();
      const healed = await landscape.apply();
      expect(healed).toMatchObject({ code: 0, problems: [] });
      expect((await landscape.plan()).changes).toEqual([]);
      const described = await kafkaTool('topics', '--describe');
      const factors = [...described.matchAll(/Topic: (\S+)\s+TopicId: \S+\s+PartitionCount: (\d+)\s+ReplicationFactor: (\d+)/g)]
        .filter(([, name]) => name?.startsWith(landscape.prefix))
        .map(([, , , factor]) => factor);
      expect(factors).toHaveLength(322);
      expect(new Set(factors)).toEqual(new Set(['3']));
      const status = JSON.parse((await landscape.kaas('status', 'dev', '-o', 'json')).stdout);
      expect(status.environments).toMatchObject([{ open: 0, drifted: 0 }]);
    });

    test('a run killed while replicas move is taken up: in progress, then done, and the throttles are gone', {
      timeout: 300_000,
    }, async () => {
      const landscape = testLandscape();
      await restart();
      const remote = `${landscape.prefix}shop.orders`;
      const write = (replicationFactor: number) =>
        landscape.write('tenants/shop/orders.yaml', manifest('Topic', 'shop.orders', { replicationFactor }));
      write(1);
      await landscape.apply();
      const login = { user: kafka.adminUser, password: kafka.adminPassword.reveal() };
      await produceAs(
        login,
        remote,
        Array.from({ length: 4_000 }, () => 'x'.repeat(1_000)),
      );
      const rates = (change: string) =>
        kafkaTool('configs', '--alter', '--entity-type', 'brokers', '--entity-default', ...change.split(' '));
      const moving = async () => (await kafkaTool('reassign', '--list')).includes(remote);
      await rates('--add-config leader.replication.throttled.rate=10000');
      write(3);
      const child = spawn(launcher, ['-C', landscape.directory, 'apply', 'dev', '--yes'], { stdio: 'ignore' });
      onTestFinished(() => void child.kill('SIGKILL'));
      const ended = new Promise(resolve => child.once('close', resolve));
      await until(moving);
      child.kill('SIGKILL');
      await ended;
      expect(await configs(remote)).toContain('throttled');
      expect((await landscape.plan()).changes).toMatchObject([{ state: 'inProgress', fields: [{ from: 1, to: 3 }] }]);
      await rates('--delete-config leader.replication.throttled.rate');
      await until(async () => !(await moving()));
      const next = await afterLease(landscape);
      expect(next.code).toBe(0);
      expect(JSON.parse(next.stdout).changes).toEqual([]);
      expect(await configs(remote)).not.toContain('throttled');
      expect(await kafkaTool('configs', '--describe', '--entity-type', 'brokers', '--all')).not.toContain('52428073');
      expect((await landscape.plan()).changes).toEqual([]);
    });
  },
);

const everything = (index: number, topic: object): string =>
  manifest('Topic', `shop.t${index}`, topic) +
  manifest('ServiceAccount', `shop.a${index}`, {}) +
  manifest('Access', `w${index}`, { serviceAccount: `shop.a${index}`, as: 'producer', topics: [`shop.t${index}`] });

const configs = (topic: string) => kafkaTool('configs', '--describe', '--entity-type', 'topics', '--entity-name', topic);

/** Waits until the journal holds an intent: the apply is in the middle of a batch. */
async function openIntents({ directory }: TestLandscape): Promise<void> {
  await until(async () => {
    await using store = await openStore(`sqlite:${join(directory, '.kaas/kaas.db')}`);
    return (await store.openIntents({})).length > 0;
  });
}

/** Applies as soon as the lease of a killed run has ended. */
async function afterLease(landscape: TestLandscape): Promise<Run> {
  let run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  for (let attempt = 0; run.code !== 0 && attempt < 20; attempt++) {
    expect(run.stderr + run.stdout).toContain('store/leased');
    await sleep(5_000);
    run = await landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
  }
  return run;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) if (await holds()) return;
  throw new Error('it never came true');
}
