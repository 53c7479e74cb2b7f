import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { LocalServer } from './local-server.ts';
import type { NodePlan } from './server-properties.ts';

export interface LocalNode extends NodePlan {
  readonly pid: number | null;
}

/** What can stand beside the brokers, by the name that `kaas up --with` takes. */
export const besides = ['connect', 'schema-registry'] as const;
export type Beside = (typeof besides)[number];

/** What `kaas up` wrote down about one cluster, so that later commands reach it and `kaas down` ends just these processes. */
export interface LocalKafka {
  readonly name: string;
  readonly clusterId: string;
  readonly adminUser: string;
  readonly adminPassword: Redacted;
  readonly dataDirectory: string;
  readonly nodes: readonly LocalNode[];
  /** What was started beside the brokers. */
  readonly beside?: Readonly<Partial<Record<Beside, LocalServer>>>;
}

const stateFile = (directory: string): string => join(directory, 'cluster.json');

/** The addresses of the brokers; of the SASL/SCRAM listener, or of one of the extra listeners by its name. */
export const bootstrapServers = (cluster: LocalKafka, listener?: string): string[] =>
  cluster.nodes.map(node => `127.0.0.1:${listener === undefined ? node.port : node.extraPorts?.[listener]}`);

/** The cluster that was started in this folder; undefined when none was. Throws a `Fault` (`processes/state-broken`) where the file that says so holds something else. */
export function readLocalKafka(directory: string): LocalKafka | undefined {
  if (!existsSync(stateFile(directory))) return undefined;
  const state = parsed(readFileSync(stateFile(directory), 'utf8'));
  if (state === undefined)
    throw new Fault(
      'processes/state-broken',
      `${stateFile(directory)} is damaged: it does not say which processes were started.`,
      {
        remedy: `Restore it, or end the processes of that folder by hand and remove ${resolve(directory)}, with the data in it.`,
      },
    );
  return { ...state, adminPassword: new Redacted(state.adminPassword) };
}

/** What stands in the file, if it is what was written there. */
function parsed(text: string): (Omit<LocalKafka, 'adminPassword'> & { readonly adminPassword: string }) | undefined {
  try {
    const state = JSON.parse(text);
    return Array.isArray(state?.nodes) && typeof state.adminPassword === 'string' ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Readable by its owner alone: it holds the admin's password of a cluster on this machine. */
export function writeLocalKafka(directory: string, cluster: LocalKafka): void {
  const file = stateFile(directory);
  writeFileSync(`${file}.new`, JSON.stringify({ ...cluster, adminPassword: cluster.adminPassword.reveal() }, null, 2), {
    mode: 0o600,
  });
  renameSync(`${file}.new`, file);
}

/** The process ids of this folder's brokers that run now, whatever was written down: a crashed broker is not among them. */
export function runningPids(directory: string): number[] {
  const folder = resolve(directory);
  const nodes = readLocalKafka(folder)?.nodes ?? [];
  return nodes.filter(node => isOurs(node, folder)).map(node => node.pid as number);
}

export const propertiesFile = (directory: string, node: NodePlan): string => join(directory, `node-${node.id}.properties`);

/** Is this node's process still the one that we started? A process id alone proves nothing: it may have been given to somebody else. */
export function isOurs(node: LocalNode, directory: string): boolean {
  if (node.pid === null) return false;
  const line = commandLine(node.pid).replace(/\0$/, '');
  return line.includes('kafka.Kafka') && line.endsWith(propertiesFile(directory, node));
}

/**
 * Has this process let go of everything? An ending process loses its command line before its ports and locks, and one that nobody waits for stays as a
 * zombie without threads.
 */
export function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (!existsSync('/proc/self/stat')) return false;
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' && Number(fields[17]) <= 1;
  } catch {
    return true;
  }
}

/** Waits for a process that was ours and is about to end; at once true when its id belongs to somebody else by now. False after the time. */
export async function untilEnded(pid: number, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(20))
    if (hasEnded(pid) || commandLine(pid) !== '') return true;
  return false;
}

/** The command line of a process, its arguments ended by NUL (or parted by spaces where the system has no /proc); empty where there is none. */
export function commandLine(pid: number): string {
  try {
    return existsSync('/proc/self/cmdline')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
