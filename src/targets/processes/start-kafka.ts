import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import { dataFolder, formatStorage } from './format-storage.ts';
import { freePorts } from './free-ports.ts';
import { findJava } from './java.ts';
import { type JavaCommand, javaCommand, javaFlags, recordedArchive } from './java-command.ts';
import { kafkaJars } from './kafka-jars.ts';
import {
  isOurs,
  type LocalKafka,
  type LocalNode,
  propertiesFile,
  readLocalKafka,
  untilEnded,
  writeLocalKafka,
} from './local-state.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { type ExtraListener, loggingProperties, serverProperties } from './server-properties.ts';
import { endNodes } from './stop-kafka.ts';
import { logFile, untilReady } from './until-ready.ts';

export interface StartOptions {
  /** Where configuration, logs and (unless told otherwise) data live. */
  readonly directory: string;
  readonly name: string;
  readonly brokers: 1 | 3;
  readonly dataDirectory?: string;
  /** Listeners beside the SASL/SCRAM one, for the other ways to log in; `bootstrapServers(cluster, name)` tells their addresses. */
  readonly extraListeners?: readonly ExtraListener[];
  /** Broker settings that replace or add to ours. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  onProgress?(line: string): void;
  readonly signal?: AbortSignal;
}

/**
 * Starts a real Kafka of one or three brokers and waits until each lets the admin in and sees the others. One that runs is left as it is, a crashed one
 * starts again on its data and ports. The processes outlive ours. Throws a `Fault` with the end of the log when it does not come up in 90 s.
 */
export async function startKafka(options: StartOptions): Promise<LocalKafka> {
  const { onProgress = () => {}, signal } = options;
  const directory = resolve(options.directory);
  const command = javaCommand(await findJava(), await kafkaJars(onProgress));
  return oneAtATime(
    directory,
    async () => {
      const cluster = readLocalKafka(directory) ?? (await newCluster(options, directory));
      if (cluster.nodes.length !== options.brokers)
        onProgress(`${cluster.name} has ${cluster.nodes.length} broker(s) since it was made; that stays`);
      const ended = cluster.nodes.filter(node => !isOurs(node, directory));
      if (ended.length > 0)
        onProgress(`starting ${ended.length === 1 ? 'a broker' : `${ended.length} brokers`} of ${cluster.name}`);
      for (const node of ended) if (node.pid !== null) await untilEnded(node.pid, 5_000);
      await Promise.all(ended.map(node => formatStorage(command, cluster, node, directory)));
      const nodes = cluster.nodes.map(node => (ended.includes(node) ? launch(command, directory, node) : node));
      const running = { ...cluster, nodes };
      writeLocalKafka(directory, running);
      try {
        await Promise.all(nodes.map(node => untilReady(directory, running, node, signal)));
      } catch (error) {
        const launched = nodes.filter(node => !cluster.nodes.includes(node));
        await endNodes(launched, directory, nodes.length);
        writeLocalKafka(directory, cluster);
        throw error;
      }
      return running;
    },
    signal,
  );
}

async function newCluster(options: StartOptions, directory: string): Promise<LocalKafka> {
  const { name, brokers, extraListeners = [], settings = {} } = options;
  const each = 2 + extraListeners.length;
  const ports = await freePorts(brokers * each);
  const nodes = Array.from({ length: brokers }, (_, index): LocalNode => {
    const [port = 0, controllerPort = 0, ...rest] = ports.slice(index * each, (index + 1) * each);
    const extraPorts = Object.fromEntries(extraListeners.map((listener, at) => [listener.name, rest[at] as number]));
    return { id: index + 1, port, controllerPort, extraPorts, pid: null };
  });
  const cluster: LocalKafka = {
    name,
    clusterId: newClusterId(),
    adminUser: 'admin',
    adminPassword: new Redacted(randomBytes(24).toString('base64url')),
    dataDirectory: resolve(options.dataDirectory ?? join(directory, 'data')),
    nodes,
  };
  writeFileSync(join(directory, 'log4j2.properties'), loggingProperties);
  const admin = { user: cluster.adminUser, password: cluster.adminPassword };
  for (const node of nodes) {
    const plan = { node, nodes, dataDirectory: dataFolder(cluster, node), admin, extraListeners, settings };
    writeFileSync(propertiesFile(directory, node), serverProperties(plan), { mode: 0o600 });
  }
  writeLocalKafka(directory, cluster);
  return cluster;
}

/** As Kafka's own `Uuid.randomUuid`: never a leading dash, which its storage tool would take for an option. */
export function newClusterId(bytes: (count: number) => Buffer = randomBytes): string {
  const id = bytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId(bytes) : id;
}

/** Starts the process in a session of its own, so that closing the terminal does not end it. */
function launch(command: JavaCommand, directory: string, node: LocalNode): LocalNode {
  const records = node.id === 1 && !existsSync(command.archive);
  const log = openSync(logFile(directory, node), 'a', 0o600);
  const child = spawn(
    command.java,
    [
      ...(records ? [`-XX:ArchiveClassesAtExit=${recordedArchive(directory)}`] : []),
      ...javaFlags(command, directory),
      'kafka.Kafka',
      propertiesFile(directory, node),
    ],
    { detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  child.on('error', () => {});
  child.unref();
  if (child.pid === undefined) throw new Fault('processes/not-started', `Java could not be started: ${command.java}`);
  return { ...node, pid: child.pid };
}
