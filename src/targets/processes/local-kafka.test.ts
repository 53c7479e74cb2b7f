import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alterUserScramCredentialsV0, Connection, createTopicsV7, metadataV12 } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapServers, type LocalKafka, readLocalKafka, runningPids, startKafka, stopKafka } from './index.ts';
import { hasEnded, writeLocalKafka } from './local-state.ts';

const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

async function onBroker<Value>(cluster: LocalKafka, use: (connection: Connection) => Promise<Value>): Promise<Value> {
  const connection = new Connection('test', {
    sasl: { mechanism: 'SCRAM-SHA-512', username: cluster.adminUser, password: () => cluster.adminPassword.reveal() },
  });
  connection.on('error', () => {});
  await connection.connect('127.0.0.1', cluster.nodes[0]?.port as number);
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

const topicsOf = (cluster: LocalKafka): Promise<unknown[]> =>
  onBroker(cluster, async connection =>
    (await metadataV12.api.async(connection, null, false, false)).topics.map(topic => topic.name),
  );

describe.skipIf(process.env.KAAS_TEST_STACK === 'off')('a local Kafka of one broker', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(parent, 'kaas-processes-'));
  const start = () => startKafka({ directory, name: 'laptop', brokers: 1 });
  let first: LocalKafka;

  beforeAll(async () => {
    first = await start();
    await onBroker(first, connection =>
      createTopicsV7.api.async(
        connection,
        [{ name: 'kept', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
        10_000,
        false,
      ),
    );
  }, 120_000);
  afterAll(async () => {
    await stopKafka(directory, { forget: true });
    rmSync(directory, { recursive: true, force: true });
  });

  test('lets the admin in after a restart, also when a user was removed in between', async () => {
    const removed = { name: 'gone', mechanism: 2 };
    const salt = Buffer.alloc(16, 1);
    const added = { ...removed, iterations: 4096, salt, saltedPassword: Buffer.alloc(64, 2) };
    await onBroker(first, connection => alterUserScramCredentialsV0.api.async(connection, [], [added]));
    await onBroker(first, connection => alterUserScramCredentialsV0.api.async(connection, [removed], []));
    await stopKafka(directory);
    first = await start();
    expect(await topicsOf(first)).toContain('kept');
  });

  test('writes its address and admin where only the owner can read them', () => {
    expect(statSync(join(directory, 'cluster.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'node-1.properties')).mode & 0o777).toBe(0o600);
    expect(readLocalKafka(directory)).toEqual(first);
    expect(bootstrapServers(first)).toEqual([`127.0.0.1:${first.nodes[0]?.port}`]);
    expect(JSON.stringify(first)).not.toContain(first.adminPassword.reveal());
    for (const file of ['node-1.log', 'log4j2.properties'])
      expect(readFileSync(join(directory, file), 'utf8')).not.toContain(first.adminPassword.reveal());
    expect(execFileSync('ps', ['-ww', '-eo', 'command='], { encoding: 'utf8' })).not.toContain(first.adminPassword.reveal());
  });

  test('listens on the loopback address alone', async () => {
    const everywhere = createServer();
    // The port is free on another loopback address: the broker holds 127.0.0.1 and nothing else.
    await new Promise<void>((resolve, reject) =>
      everywhere.once('error', reject).listen(first.nodes[0]?.port, '127.0.0.2', resolve),
    );
    await new Promise(resolve => everywhere.close(resolve));
  });

  test('is left as it is by a second start, also by two at once', async () => {
    const [second, third] = await Promise.all([start(), start()]);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  test('is recovered after a crash, on its data and ports', async () => {
    process.kill(first.nodes[0]?.pid as number, 'SIGKILL');
    while (runningPids(directory).length > 0) await sleep(20);
    const again = await start();
    expect(bootstrapServers(again)).toEqual(bootstrapServers(first));
    expect(again.nodes[0]?.pid).not.toBe(first.nodes[0]?.pid);
    expect(await topicsOf(again)).toContain('kept');
  });

  test('stops, says how many ran, and a second stop does nothing', async () => {
    const before = runningPids(directory);
    expect(before).toHaveLength(1);
    expect(await stopKafka(directory)).toBe(1);
    expect(hasEnded(before[0] as number)).toBe(true);
    expect(await stopKafka(directory)).toBe(0);
  });

  test('a process that got the id of an ended broker is not touched', async () => {
    const stranger = spawn('sh', ['-c', 'sleep 60; :', join(directory, 'node-1.properties')]);
    const state = readLocalKafka(directory) as LocalKafka;
    writeLocalKafka(directory, { ...state, nodes: state.nodes.map(node => ({ ...node, pid: stranger.pid as number })) });
    expect(await stopKafka(directory)).toBe(0);
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });

  test('starts again after a stop with its topics, and empty when its data is gone', async () => {
    expect(await topicsOf(await start())).toContain('kept');
    await stopKafka(directory);
    rmSync(join(directory, 'data'), { recursive: true });
    expect(await topicsOf(await start())).not.toContain('kept');
  });

  test('a broker that cannot start says why, with the end of its log', async () => {
    await stopKafka(directory);
    const settings = join(directory, 'node-1.properties');
    writeFileSync(settings, readFileSync(settings, 'utf8').replace(/^node\.id=1$/m, 'node.id=one'));
    await expect(start()).rejects.toMatchObject({ code: 'processes/not-ready', message: /node\.id/ });
    expect(runningPids(directory)).toEqual([]);
  });
});
