import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redacted } from '#model/redacted.ts';
import type { NodePlan } from './server-properties.ts';

export interface LocalNode extends NodePlan {
  readonly pid: number | null;
}

/** What `kaas up` wrote down about one cluster, so that later commands reach it and `kaas down` ends just these processes. */
export interface LocalKafka {
  readonly name: string;
  readonly clusterId: string;
  readonly adminUser: string;
  readonly adminPassword: Redacted;
  readonly dataDirectory: string;
  readonly nodes: readonly LocalNode[];
}

const stateFile = (directory: string): string => join(directory, 'cluster.json');

export const bootstrapServers = (cluster: LocalKafka): string[] => cluster.nodes.map(node => `127.0.0.1:${node.port}`);

/** The cluster that was started in this folder; undefined when none was. */
export function readLocalKafka(directory: string): LocalKafka | undefined {
  if (!existsSync(stateFile(directory))) return undefined;
  const state = JSON.parse(readFileSync(stateFile(directory), 'utf8'));
  return { ...state, adminPassword: new Redacted(state.adminPassword) };
}

/** Readable by its owner alone: it holds the admin's password of a cluster on this machine. */
export function writeLocalKafka(directory: string, cluster: LocalKafka): void {
  const file = stateFile(directory);
  writeFileSync(`${file}.new`, JSON.stringify({ ...cluster, adminPassword: cluster.adminPassword.reveal() }, null, 2), {
    mode: 0o600,
  });
  renameSync(`${file}.new`, file);
}

/** Is this process one of ours for this folder? A process id alone proves nothing: it may have been given to somebody else. */
export function isOurs(pid: number | null, directory: string): boolean {
  if (pid === null) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory);
  } catch {
    return false;
  }
}
