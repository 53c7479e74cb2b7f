import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findJava } from '#targets/processes/index.ts';

const run = promisify(execFile);
const version = '3.3.3';

/** A real schema registry with Confluent's REST interface under `url`. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
}

/** The registry at `KAAS_TEST_REGISTRY` (with its path), or an Apicurio of our own from Maven: 6 s and 235 MB on Java 21 or newer. Throws when it does not come up in 90 s. */
export async function openRegistry(): Promise<Registry> {
  const given = process.env.KAAS_TEST_REGISTRY;
  if (given !== undefined) return { url: given, [Symbol.asyncDispose]: async () => {} };
  const [java, app, port, management] = [await findJava(21), await fetched(), await freePort(), await freePort()];
  const flags = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const told = ['-Dquarkus.management.host=127.0.0.1', `-Dquarkus.management.port=${management}`];
  const child = spawn(java, [...flags, ...told, '-jar', join(app, 'quarkus-run.jar')], {
    cwd: app,
    stdio: 'ignore',
    env: {
      ...process.env,
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: `${port}`,
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'h2',
    },
  });
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  const url = `http://127.0.0.1:${port}/apis/ccompat/v8`;
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  for (let waitedMs = 0; waitedMs < 90_000 && child.exitCode === null; waitedMs += 200) {
    if (
      await fetch(`${url}/subjects`).then(
        answer => answer.ok,
        () => false,
      )
    )
      return { url, [Symbol.asyncDispose]: stop };
    await sleep(200);
  }
  await stop();
  throw new Error('the schema registry did not come up');
}

async function fetched(): Promise<string> {
  const cache = process.env.KAAS_CACHE ?? join(homedir(), '.cache/kaas');
  const app = join(cache, `apicurio-registry-${version}`);
  if (existsSync(app)) return app;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'fetch-'));
  try {
    const artifact = `io.apicurio:apicurio-registry-app:${version}:tar.gz:all`;
    const goal = ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${fresh}`];
    await run('mvn', goal, { cwd: tmpdir() });
    const archive = join(fresh, `apicurio-registry-app-${version}-all.tar.gz`);
    await run('tar', ['xzf', archive, '-C', fresh]);
    rmSync(archive);
    if (!existsSync(app)) renameSync(fresh, app);
    return app;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}
