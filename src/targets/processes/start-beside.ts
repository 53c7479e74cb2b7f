import { join, resolve } from 'node:path';
import { Fault } from '#model/fault.ts';
import { connectLaunch } from './connect-worker.ts';
import { freePorts, isFree } from './free-ports.ts';
import { findJava } from './java.ts';
import { javaCommand } from './java-command.ts';
import { kafkaJars } from './kafka-jars.ts';
import { endServer, type Launch, type LocalServer, launchServer, serves, untilAnswers } from './local-server.ts';
import { type Beside, type LocalKafka, readLocalKafka, untilEnded, writeLocalKafka } from './local-state.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { registryJava, registryLaunch, registryPath, registryProgram } from './registry-server.ts';

/** Answers with success once the server is ready. Connect lists no connectors while it joins its group; its health waits for that (KIP-1017). */
const readyPaths: Readonly<Record<Beside, string>> = {
  connect: '/health',
  'schema-registry': `${registryPath}/subjects`,
};

export interface BesideOptions {
  /** Where plug-ins for the Connect worker lie; a folder of the cluster's own without it. */
  readonly plugins?: string;
  onProgress?(line: string): void;
  readonly signal?: AbortSignal;
}

/**
 * Starts servers beside a local cluster that is up, and waits until they answer. One that runs is left as it is, a crashed one starts again on its
 * data and on its port, or on another where somebody else has that by now. The processes outlive ours. Throws a `Fault` that names what is missing, or with the end of the log of one that does not come up; what was
 * launched until then is ended again.
 */
export async function startBeside(directory: string, which: readonly Beside[], how: BesideOptions = {}): Promise<LocalKafka> {
  const folder = resolve(directory);
  const say = how.onProgress ?? (() => {});
  const programs = new Map<Beside, (cluster: LocalKafka, port: number) => Promise<Launch>>();
  const folders = { directory: folder, plugins: resolve(how.plugins ?? join(folder, 'connect-plugins')) };
  for (const name of which) programs.set(name, await programOf(name, folders, say));
  return oneAtATime(
    folder,
    async () => {
      const before = stateOf(folder);
      try {
        for (const [name, launch] of programs) await start(folder, name, launch, say);
        await Promise.all(which.map(name => untilReady(folder, name, how.signal)));
        return stateOf(folder);
      } catch (error) {
        await takeBack(folder, before);
        throw error;
      }
    },
    how.signal,
  );
}

function untilReady(folder: string, name: Beside, signal: AbortSignal | undefined): Promise<void> {
  const server = stateOf(folder).beside?.[name] as LocalServer;
  return untilAnswers(folder, name, { server, path: readyPaths[name], ...(signal === undefined ? {} : { signal }) });
}

/** Where a server beside this folder's cluster answers; undefined when it does not run. */
export function besideUrl(directory: string, name: Beside): string | undefined {
  const folder = resolve(directory);
  const server = readLocalKafka(folder)?.beside?.[name];
  if (server === undefined || !serves(folder, name, server)) return undefined;
  return `http://127.0.0.1:${server.port}${name === 'schema-registry' ? registryPath : ''}`;
}

function stateOf(folder: string): LocalKafka {
  const cluster = readLocalKafka(folder);
  if (cluster === undefined)
    throw new Fault('kafka/not-up', 'There is no local Kafka to stand beside.', { remedy: 'Start it with `kaas up`.' });
  return cluster;
}

async function start(
  folder: string,
  name: Beside,
  launch: (cluster: LocalKafka, port: number) => Promise<Launch>,
  say: (line: string) => void,
): Promise<void> {
  const cluster = stateOf(folder);
  const known = cluster.beside?.[name];
  if (known !== undefined && serves(folder, name, known)) return;
  say(`starting the ${name} of ${cluster.name}`);
  // A killed one lets go of its port and data a moment after its command line is gone.
  if (known?.pid != null) await untilEnded(known.pid, 5_000);
  const [free = 0] = await freePorts(1);
  const port = known !== undefined && (await isFree(known.port)) ? known.port : free;
  const pid = launchServer(folder, name, await launch(cluster, port));
  writeLocalKafka(folder, { ...cluster, beside: { ...cluster.beside, [name]: { port, pid } } });
}

/** Ends what this start launched, and nothing that ran before it. */
async function takeBack(folder: string, before: LocalKafka): Promise<void> {
  const launched = Object.entries(stateOf(folder).beside ?? {}).filter(
    ([name, server]) => server.pid !== before.beside?.[name as Beside]?.pid,
  );
  await Promise.all(launched.map(([name, server]) => endServer(folder, name, server, false)));
  writeLocalKafka(folder, before);
}

async function programOf(name: Beside, folders: { directory: string; plugins: string }, say: (line: string) => void) {
  if (name === 'connect') {
    const command = javaCommand(await findJava(), await kafkaJars(say));
    return async (cluster: LocalKafka, port: number) => connectLaunch(command, folders, cluster, port);
  }
  const java = await findJava(registryJava, 'The schema registry');
  const program = await registryProgram(say);
  return async (cluster: LocalKafka, port: number) => {
    const [management = 0] = await freePorts(1);
    return registryLaunch(java, program, { ports: [port, management], data: join(cluster.dataDirectory, 'schema-registry') });
  };
}
