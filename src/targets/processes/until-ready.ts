import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '#model/fault.ts';
import { isOurs, type LocalKafka, type LocalNode } from './local-state.ts';

const startMs = 90_000;

export const logFile = (directory: string, node: LocalNode): string => join(directory, `node-${node.id}.log`);

/** Waits until this broker lets the admin in and sees all brokers of the cluster. Throws a `Fault` with the end of its log when it ends or 90 s pass. */
export async function untilReady(directory: string, cluster: LocalKafka, node: LocalNode, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + startMs;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    if ((await brokersSeenBy(cluster, node)) === cluster.nodes.length) return;
    if (!isOurs(node, directory)) break;
    await sleep(100);
  }
  throw new Fault('processes/not-ready', `Broker ${node.id} of ${cluster.name} did not come up:\n${endOfLog(directory, node)}`, {
    remedy: `The whole log: ${logFile(directory, node)}`,
  });
}

async function brokersSeenBy(cluster: LocalKafka, node: LocalNode): Promise<number> {
  const { Connection, describeClusterV1 } = await import('@platformatic/kafka');
  const connection = new Connection('kaas-up', {
    connectTimeout: 2_000,
    requestTimeout: 5_000,
    sasl: { mechanism: 'SCRAM-SHA-512', username: cluster.adminUser, password: () => cluster.adminPassword.reveal() },
  });
  connection.on('error', () => {});
  try {
    await connection.connect('127.0.0.1', node.port);
    return (await describeClusterV1.api.async(connection, false, 1)).brokers.length;
  } catch {
    return 0;
  } finally {
    await connection.close().catch(() => {});
  }
}

function endOfLog(directory: string, node: LocalNode): string {
  const file = logFile(directory, node);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return lines
    .filter(line => !line.startsWith('\tat '))
    .slice(-8)
    .join('\n');
}
