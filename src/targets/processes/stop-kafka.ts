import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findJava } from './java.ts';
import { javaCommand, keepArchive } from './java-command.ts';
import { kafkaJars } from './kafka-jars.ts';
import { endServer } from './local-server.ts';
import { hasEnded, isOurs, type LocalNode, readLocalKafka, writeLocalKafka } from './local-state.ts';
import { oneAtATime } from './one-at-a-time.ts';

const politeMs = 20_000;
/** A node whose controller majority is gone cannot take leave of it and would wait five minutes; its log recovers at the next start. */
const lonelyMs = 2_000;
const killedMs = 5_000;

/**
 * Ends what was started in this folder, politely first and the brokers last; only processes that are provably ours. `forget` ends them at once and removes
 * their data and the folder. Returns how many processes were running.
 */
export async function stopKafka(directory: string, options: { forget?: boolean } = {}): Promise<number> {
  const folder = resolve(directory);
  if (readLocalKafka(folder) === undefined) return 0;
  return oneAtATime(folder, async () => {
    const cluster = readLocalKafka(folder);
    if (cluster === undefined) return 0;
    const running = cluster.nodes.filter(node => isOurs(node, folder));
    const ended = await Promise.all(
      Object.entries(cluster.beside ?? {}).map(([name, server]) => endServer(folder, name, server, options.forget === true)),
    );
    const count = running.length + ended.filter(Boolean).length;
    if (options.forget) {
      await kill(running, folder);
      rmSync(cluster.dataDirectory, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
      return count;
    }
    const peaceful = await endNodes(running, folder, cluster.nodes.length);
    writeLocalKafka(folder, {
      ...cluster,
      nodes: cluster.nodes.map(node => ({ ...node, pid: null })),
      beside: Object.fromEntries(Object.entries(cluster.beside ?? {}).map(([name, server]) => [name, { ...server, pid: null }])),
    });
    if (peaceful) await keepArchive(folder, javaCommand(await findJava(), await kafkaJars()).archive).catch(() => {});
    return count;
  });
}

/** Ends these nodes, politely and then by force. True when the first node, which records the class-data archive, ended of itself. */
export async function endNodes(nodes: readonly LocalNode[], directory: string, voters: number): Promise<boolean> {
  const ours = nodes.filter(node => isOurs(node, directory));
  const alive = () => ours.filter(node => !hasEnded(node.pid as number));
  for (const node of ours) process.kill(node.pid as number, 'SIGTERM');
  let deadline = Date.now() + politeMs;
  let lonely = false;
  while (alive().length > 0 && Date.now() < deadline) {
    if (!lonely && alive().length < voters && alive().length <= voters / 2) {
      lonely = true;
      deadline = Math.min(deadline, Date.now() + lonelyMs);
    }
    await sleep(50);
  }
  const peaceful = !alive().some(node => node.id === 1);
  await kill(nodes, directory);
  return peaceful;
}

async function kill(nodes: readonly LocalNode[], directory: string): Promise<void> {
  const ours = nodes.filter(node => isOurs(node, directory));
  for (const node of ours) process.kill(node.pid as number, 'SIGKILL');
  const alive = () => ours.some(node => !hasEnded(node.pid as number));
  for (const deadline = Date.now() + killedMs; alive() && Date.now() < deadline; ) await sleep(20);
}
