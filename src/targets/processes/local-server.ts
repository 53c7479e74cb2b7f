import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '#model/fault.ts';
import { commandLine, hasEnded } from './local-state.ts';

/** A server that stands beside the brokers of a local cluster: one process that answers HTTP on the loopback address. */
export interface LocalServer {
  readonly port: number;
  readonly pid: number | null;
}

/** What it takes to start one. */
export interface Launch {
  readonly java: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
}

const startMs = 120_000;
const politeMs = 15_000;
const killedMs = 5_000;

/** In the command line of the process, so that an id that was given to somebody else is never taken for ours. */
const marker = (directory: string, name: string): string => `-Dkaas.server=${join(directory, name)}\0`;

/** Is the process of this server still the one that was started for this folder? */
export const serves = (directory: string, name: string, server: LocalServer): boolean =>
  server.pid !== null && commandLine(server.pid).replaceAll(' ', '\0').includes(marker(directory, name));

/** Starts the process in a session of its own; its output goes to `<name>.log` in the folder. */
export function launchServer(directory: string, name: string, { java, args, environment, workingDirectory }: Launch): number {
  const log = openSync(serverLog(directory, name), 'a', 0o600);
  const child = spawn(java, [marker(directory, name).slice(0, -1), ...args], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: workingDirectory,
    env: { ...process.env, ...environment },
  });
  closeSync(log);
  child.on('error', () => {});
  child.unref();
  if (child.pid === undefined) throw new Fault('processes/not-started', `Java could not be started: ${java}`);
  return child.pid;
}

const serverLog = (directory: string, name: string): string => join(directory, `${name}.log`);

/** Waits until this path answers with success. Throws a `Fault` with the end of the log when the process ends or two minutes pass. */
export async function untilAnswers(
  directory: string,
  name: string,
  how: { readonly server: LocalServer; readonly path: string; readonly signal?: AbortSignal },
): Promise<void> {
  for (const deadline = Date.now() + startMs; Date.now() < deadline; await sleep(150)) {
    how.signal?.throwIfAborted();
    const signal = AbortSignal.any([AbortSignal.timeout(5_000), ...(how.signal === undefined ? [] : [how.signal])]);
    const answer = await fetch(`http://127.0.0.1:${how.server.port}${how.path}`, { signal }).catch(() => undefined);
    await answer?.body?.cancel();
    // Looked at before the answer counts: ours may have ended, and somebody else answer on its port.
    if (!serves(directory, name, how.server)) break;
    if (answer?.ok === true) return;
  }
  throw new Fault('processes/not-ready', `The ${name} did not come up:\n${endOfLog(directory, name)}`, {
    remedy: `The whole log: ${serverLog(directory, name)}`,
  });
}

function endOfLog(directory: string, name: string): string {
  const file = serverLog(directory, name);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return lines
    .filter(line => !line.startsWith('\tat '))
    .slice(-8)
    .join('\n');
}

/** Ends the process, politely and then by force, or at once. True where it ran. */
export async function endServer(directory: string, name: string, server: LocalServer, atOnce: boolean): Promise<boolean> {
  if (!serves(directory, name, server)) return false;
  const pid = server.pid as number;
  const gone = async (ms: number) => {
    for (const deadline = Date.now() + ms; Date.now() < deadline && !hasEnded(pid); ) await sleep(20);
    return hasEnded(pid);
  };
  if (!atOnce) process.kill(pid, 'SIGTERM');
  if (!atOnce && (await gone(politeMs))) return true;
  if (serves(directory, name, server)) process.kill(pid, 'SIGKILL');
  await gone(killedMs);
  return true;
}
