import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { besideUrl, readLocalKafka, runningPids, startBeside, startKafka, stopKafka } from './index.ts';
import { type Beside, hasEnded } from './local-state.ts';

const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

async function ask(url: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(url + path, body === undefined ? {} : post);
  return { status: answer.status, body: await answer.json() };
}

describe.skipIf(process.env.KAAS_TEST_STACK === 'off')(
  'a Connect worker and a registry beside a local cluster',
  { timeout: 180_000 },
  () => {
    const directory = mkdtempSync(join(parent, 'kaas-beside-'));
    const both: readonly Beside[] = ['connect', 'schema-registry'];
    const url = (name: Beside) => besideUrl(directory, name) as string;
    const pids = () => both.map(name => readLocalKafka(directory)?.beside?.[name]?.pid);

    beforeAll(async () => {
      await startKafka({ directory, name: 'laptop', brokers: 1 });
      await startBeside(directory, both);
    }, 180_000);
    afterAll(async () => {
      await stopKafka(directory, { forget: true });
      rmSync(directory, { recursive: true, force: true });
    });

    test('the registry keeps schemas', async () => {
      const schema = { schema: '{"type":"string"}' };
      expect((await ask(url('schema-registry'), '/subjects/kept-value/versions', schema)).status).toBe(200);
      expect((await ask(url('schema-registry'), '/subjects')).body).toEqual(['kept-value']);
    });

    test('the worker moves the lines of a file into a topic and reports it as running', async () => {
      const file = join(directory, 'lines.txt');
      writeFileSync(file, 'one\ntwo\n');
      const config = {
        'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
        file,
        topic: 'lines',
        'topic.creation.default.replication.factor': '1',
        'topic.creation.default.partitions': '1',
      };
      expect((await ask(url('connect'), '/connectors', { name: 'lines', config })).status).toBe(201);
      const offsets = async () => (await ask(url('connect'), '/connectors/lines/offsets')).body as { offsets?: unknown[] };
      while ((await offsets()).offsets?.length !== 1) await sleep(250);
      expect((await offsets()).offsets).toEqual([{ partition: { filename: file }, offset: { position: 8 } }]);
    });

    test('a second start changes nothing', async () => {
      const before = pids();
      await startBeside(directory, both);
      expect(pids()).toEqual(before);
    });

    test('a killed one comes back on its address with what it held', async () => {
      const before = url('connect');
      process.kill(pids()[0] as number, 'SIGKILL');
      while (besideUrl(directory, 'connect') !== undefined) await sleep(20);
      await startBeside(directory, both);
      expect(url('connect')).toBe(before);
      expect((await ask(url('connect'), '/connectors')).body).toEqual(['lines']);
      expect((await ask(url('connect'), '/connectors/lines/status')).status).toBe(200);
    });

    test('a start that is interrupted leaves no process behind', async () => {
      process.kill(pids()[0] as number, 'SIGKILL');
      while (besideUrl(directory, 'connect') !== undefined) await sleep(20);
      const interruption = new AbortController();
      const say = (line: string) => line.startsWith('starting') && setTimeout(() => interruption.abort(), 500);
      await expect(startBeside(directory, both, { onProgress: say, signal: interruption.signal })).rejects.toThrow(/abort/);
      expect(besideUrl(directory, 'connect')).toBeUndefined();
      expect((await ask(url('schema-registry'), '/subjects')).status).toBe(200);
    });

    test('where a stranger has the port of a crashed worker, it comes back on another with what it held', async () => {
      const port = readLocalKafka(directory)?.beside?.connect?.port;
      const stranger = createServer((_request, response) => response.end('[]'));
      await new Promise<void>(resolve => stranger.listen(port, '127.0.0.1', resolve));
      await startBeside(directory, ['connect']);
      expect(url('connect')).not.toBe(`http://127.0.0.1:${port}`);
      expect((await ask(url('connect'), '/connectors')).body).toEqual(['lines']);
      stranger.closeAllConnections();
      await new Promise(resolve => stranger.close(resolve));
    });

    test("the admin's password stands in no log", () => {
      const password = readLocalKafka(directory)?.adminPassword.reveal() as string;
      for (const name of both) expect(readFileSync(join(directory, `${name}.log`), 'utf8')).not.toContain(password);
    });

    test('a stop after the brokers crashed still says that something ran', async () => {
      await startBeside(directory, both);
      const running = pids() as number[];
      for (const pid of runningPids(directory)) process.kill(pid, 'SIGKILL');
      while (runningPids(directory).length > 0) await sleep(20);
      expect(await stopKafka(directory)).toBe(2);
      expect(running.map(hasEnded)).toEqual([true, true]);
      expect(await stopKafka(directory)).toBe(0);
      await startKafka({ directory, name: 'laptop', brokers: 1 });
      await startBeside(directory, both);
    });

    test('stopped and started again, both hold what they held', async () => {
      const running = pids() as number[];
      await stopKafka(directory);
      expect(running.map(hasEnded)).toEqual([true, true]);
      expect(both.map(name => besideUrl(directory, name))).toEqual([undefined, undefined]);
      await startKafka({ directory, name: 'laptop', brokers: 1 });
      await startBeside(directory, both);
      expect((await ask(url('schema-registry'), '/subjects')).body).toEqual(['kept-value']);
      expect((await ask(url('connect'), '/connectors')).body).toEqual(['lines']);
    });
  },
);
