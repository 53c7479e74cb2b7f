import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '#model/fault.ts';
import { type JavaCommand, javaFlags } from './java-command.ts';
import { type LocalKafka, type LocalNode, propertiesFile } from './local-state.ts';

const run = promisify(execFile);

export const dataFolder = (cluster: LocalKafka, node: LocalNode): string => join(cluster.dataDirectory, `node-${node.id}`);

/** Makes the data folder of a node that has none: at first, or when it lay on a memory disk that is gone. Throws a `Fault` when Kafka refuses. */
export async function formatStorage(
  command: JavaCommand,
  cluster: LocalKafka,
  node: LocalNode,
  directory: string,
): Promise<void> {
  const data = dataFolder(cluster, node);
  if (existsSync(join(data, 'meta.properties'))) return;
  mkdirSync(data, { recursive: true });
  const password = cluster.adminPassword.reveal();
  const words = [
    ...javaFlags(command, directory),
    ...['kafka.tools.StorageTool', 'format', '--ignore-formatted', '-t', cluster.clusterId],
    ...['-c', propertiesFile(directory, node)],
    ...['--add-scram', `SCRAM-SHA-512=[name=${cluster.adminUser},password=${password},iterations=4096]`],
  ];
  // Java reads its arguments from a file that only we can read: a command line is there for everybody on the machine.
  const file = join(directory, `format-${node.id}.arguments`);
  writeFileSync(file, words.map(word => `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join('\n'), { mode: 0o600 });
  try {
    // What it prints holds the derived keys: it is thrown away.
    await run(command.java, [`@${file}`]);
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error).replaceAll(password, '<redacted>');
    throw new Fault('processes/format-failed', `Kafka could not format ${data}: ${said.trim().split('\n').at(-1)}`);
  } finally {
    rmSync(file, { force: true });
  }
}
