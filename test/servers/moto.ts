import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from '#targets/processes/free-ports.ts';
import { cacheFolder } from '#targets/processes/kafka-jars.ts';

const run = promisify(execFile);
const version = '5.2.5';
const startMs = 60_000;

export interface MotoServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** AWS Secrets Manager by the server of moto (PyPI, Apache-2.0), on the loopback address. Installed once, into a Python environment beside Kafka's jars. */
export async function startMoto(): Promise<MotoServer> {
  const python = join(await installed(), 'bin/python');
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const ended = once(server, 'close');
  const stop = async () => {
    server.kill();
    await ended;
  };
  for (const deadline = Date.now() + startMs; Date.now() < deadline && server.exitCode === null; await sleep(50))
    if (
      await fetch(`${url}/moto-api/data.json`).then(
        answer => answer.ok,
        () => false,
      )
    )
      return { url, stop };
  await stop();
  throw new Error('moto did not come up.');
}

async function installed(): Promise<string> {
  const cache = cacheFolder();
  const directory = join(cache, `moto-${version}`);
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'fetch-'));
  try {
    await run('python3', ['-m', 'venv', fresh]);
    await run(join(fresh, 'bin/python'), ['-m', 'pip', 'install', '--quiet', `moto[server,secretsmanager]==${version}`]);
    if (!existsSync(directory)) renameSync(fresh, directory);
    return directory;
  } catch (error) {
    throw new Error(`moto ${version} cannot be installed; it needs Python 3 with venv and pip: ${(error as Error).message}`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
