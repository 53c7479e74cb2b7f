import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import { freePorts } from './free-ports.ts';
import { findJava } from './java.ts';
import { kafkaJars } from './kafka-jars.ts';
import { isOurs, type LocalKafka, type LocalNode, readLocalKafka, writeLocalKafka } from './local-state.ts';
import { loggingProperties, serverProperties } from './server-properties.ts';

const run = promisify(execFile);
const startMs = 90_000;

export interface StartOptions {
  /** Where configuration, logs and (unless told otherwise) data live. */
  readonly directory: string;
  readonly name: string;
  readonly brokers: 1 | 3;
  readonly dataDirectory?: string;
  onProgress?(line: string): void;
  readonly signal?: AbortSignal;
}

/**
 * Starts a real Kafka of one or three brokers and waits until it answers. One that runs is left as it is, a crashed one starts again on its data and
 * ports. The processes outlive ours. Throws a `Fault` with the end of the log when it does not come up in 90 s.
 */
export async function startKafka(options: StartOptions): Promise<LocalKafka> {
  const { directory, onProgress = () => {} } = options;
  const [java, jars] = [await findJava(), await kafkaJars(onProgress)];
  mkdirSync(directory, { recursive: true });
  const cluster = readLocalKafka(directory) ?? (await newCluster(options, java, jars));
  const started = cluster.nodes.map<LocalNode>(node =>
    isOurs(node.pid, directory) ? node : { ...node, pid: launch(directory, java, jars, node) },
  );
  const running = { ...cluster, nodes: started };
  writeLocalKafka(directory, running);
  if (started.some((node, index) => node.pid !== cluster.nodes[index]?.pid))
    onProgress(`starting ${started.length === 1 ? 'a broker' : `${started.length} brokers`} for ${cluster.name}`);
  await Promise.all(started.map(node => untilReady(directory, node, options.signal)));
  return running;
}

async function newCluster(options: StartOptions, java: string, jars: string): Promise<LocalKafka> {
  const { directory, name, brokers } = options;
  const ports = await freePorts(brokers * 2);
  const nodes = Array.from({ length: brokers }, (_, index) => ({
    id: index + 1,
    port: ports[index * 2] as number,
    controllerPort: ports[index * 2 + 1] as number,
    pid: null,
  }));
  const adminPassword = new Redacted(randomBytes(24).toString('base64url'));
  const clusterId = randomBytes(16).toString('base64url');
  const dataDirectory = options.dataDirectory ?? join(directory, 'data');
  writeFileSync(join(directory, 'log4j2.properties'), loggingProperties);
  for (const node of nodes) {
    const file = join(directory, `node-${node.id}.properties`);
    rmSync(join(dataDirectory, `node-${node.id}`), { recursive: true, force: true });
    writeFileSync(
      file,
      serverProperties(node, nodes, join(dataDirectory, `node-${node.id}`), { user: 'admin', password: adminPassword.reveal() }),
      { mode: 0o600 },
    );
    const scram = `SCRAM-SHA-512=[name=admin,password=${adminPassword.reveal()},iterations=4096]`;
    try {
      // What it prints holds the derived keys: it is thrown away.
      await run(java, [
        ...flags(directory, jars),
        'kafka.tools.StorageTool',
        'format',
        '--ignore-formatted',
        '-t',
        clusterId,
        '-c',
        file,
        '--add-scram',
        scram,
      ]);
    } catch (error) {
      const said = String((error as { stderr?: string }).stderr ?? error).replaceAll(adminPassword.reveal(), '<redacted>');
      throw new Fault('processes/format-failed', `Kafka could not format its data folder: ${said.trim().split('\n').at(-1)}`);
    }
  }
  const cluster = { name, clusterId, adminUser: 'admin', adminPassword, dataDirectory, nodes };
  writeLocalKafka(directory, cluster);
  return cluster;
}

/** The class-data archive beside the jars halves the start; it is written by the first server that ends. */
function flags(directory: string, jars: string): string[] {
  const archive = join(jars, '..', 'kafka.jsa');
  const sharing = existsSync(archive)
    ? [`-XX:SharedArchiveFile=${archive}`, '-Xshare:auto', '-Xlog:cds=off', '-Xlog:class+path=off']
    : [];
  return [
    '-Xmx512m',
    '-Xms64m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    ...sharing,
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${join(directory, 'log4j2.properties')}`,
    '-cp',
    join(jars, '*'),
  ];
}

function launch(directory: string, java: string, jars: string, node: LocalNode): number {
  const archive = join(jars, '..', 'kafka.jsa');
  const record = existsSync(archive) || node.id !== 1 ? [] : [`-XX:ArchiveClassesAtExit=${archive}`];
  const log = openSync(join(directory, `node-${node.id}.log`), 'a', 0o600);
  const child = spawn(
    java,
    [...record, ...flags(directory, jars), 'kafka.Kafka', join(directory, `node-${node.id}.properties`)],
    { detached: true, stdio: ['ignore', log, log] },
  );
  child.unref();
  if (child.pid === undefined) throw new Fault('processes/not-started', `Java could not be started: ${java}`);
  return child.pid;
}

async function untilReady(directory: string, node: LocalNode, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + startMs;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    if (await answers(node.port)) return;
    if (!isOurs(node.pid, directory)) break;
    await sleep(100);
  }
  const log = readFileSync(join(directory, `node-${node.id}.log`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-5)
    .join('\n');
  throw new Fault('processes/not-ready', `Broker ${node.id} did not come up:\n${log}`, {
    remedy: `The whole log: ${join(directory, `node-${node.id}.log`)}`,
  });
}

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.setTimeout(1_000, () => resolve(false));
    socket.once('connect', () => socket.destroy()).once('timeout', () => socket.destroy());
  });
