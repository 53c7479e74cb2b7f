import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOurs, readLocalKafka, writeLocalKafka } from './local-state.ts';

const gracefulMs = 20_000;

/** Ends the brokers that were started in this folder, politely first; only processes that are provably ours. `forget` removes their data too. Returns how many were running. */
export async function stopKafka(directory: string, options: { forget?: boolean } = {}): Promise<number> {
  const cluster = readLocalKafka(directory);
  if (cluster === undefined) return 0;
  const running = cluster.nodes.map(node => node.pid).filter((pid): pid is number => isOurs(pid, directory));
  for (const pid of running) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + gracefulMs;
  while (running.some(pid => isOurs(pid, directory)) && Date.now() < deadline) await sleep(100);
  for (const pid of running) if (isOurs(pid, directory)) process.kill(pid, 'SIGKILL');
  if (options.forget) {
    rmSync(cluster.dataDirectory, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
  } else writeLocalKafka(directory, { ...cluster, nodes: cluster.nodes.map(node => ({ ...node, pid: null })) });
  return running.length;
}
