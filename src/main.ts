import { execFile } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commands } from '#faces/cli/commands/index.ts';
import type { Host, LocalKafka, LocalServers, OpenOptions } from '#faces/cli/host.ts';
import { runCommandLine } from '#faces/cli/run.ts';
import type { Outside } from '#flow/outside.ts';
import type { ClusterPorts } from '#kinds/kind.ts';
import type { KafkaClusterSpec, LandscapeSpec } from '#model/frame/frame.ts';
import { Redacted, type SecretReference } from '#model/redacted.ts';
import type { RequestCounts } from '#ports/connection.ts';
import type { Sealing } from '#ports/sealing.ts';
import type { Store } from '#ports/store.ts';
import type { EnvironmentSecrets } from '#wiring/secret-stores.ts';

/** The composition root: the one file that joins faces, flow, kinds and targets. Targets are imported when they are first needed. */
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
const counted: RequestCounts[] = [];

const kinds = async () => new Map((await import('#kinds/registry.ts')).kinds.map(kind => [kind.name, kind]));
const upFolder = (root: string, cluster: string) => join(root, '.kaas/up', cluster);
const processes = () => import('#targets/processes/index.ts');

async function open(root: string, options: OpenOptions): Promise<Outside & AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  // First: it may start a worker, which the rest need not wait for.
  const { createDocuments } = await import('#targets/documents/index.ts');
  const documents = stack.use(createDocuments({ cacheFile: join(root, '.kaas/cache/documents') }));
  const [registry, { landscapeDirectory }, { secretStores }, rightTexts] = await Promise.all([
    kinds(),
    import('#targets/landscape-directory/index.ts'),
    import('#wiring/secret-stores.ts'),
    rightTextsOf(root),
  ]);
  const secretsOf = secretStores({ root, env: process.env, stack, counted, offline: options.offline });
  const clusters = new Map<string, Promise<ClusterPorts>>();
  let store: Promise<Store> | undefined;
  let announced: ReadonlyMap<string, KafkaClusterSpec> = new Map();
  const openCluster = async (
    name: string,
    spec: KafkaClusterSpec,
    { read, named }: EnvironmentSecrets,
  ): Promise<ClusterPorts> => {
    const { clusterLogins } = await import('#wiring/cluster-logins.ts');
    const login = clusterLogins({ clusters: announced, directory: each => upFolder(root, each), read });
    const secrets = (store: string) => login(store) ?? named(store);
    const opening = { stack, read, secrets, sealing: await sealingOf(root), counted };
    const { emptyPorts, openPorts } = await import('#wiring/cluster-ports.ts');
    return options.offline ? emptyPorts(name, spec, opening) : openPorts(upFolder(root, name), name, spec, opening);
  };
  return {
    kinds: registry,
    files: landscapeDirectory(root),
    documents,
    rightTexts: rightTexts && stack.use(rightTexts),
    store: spec =>
      (store ??= openStoreOf(root, spec, { offline: options.offline, read: secretsOf().read }).then(made => stack.use(made))),
    announce: known => {
      announced = known;
    },
    cluster: (name, spec, stores) => {
      const key = JSON.stringify([name, [...(stores ?? [])]]);
      const found = clusters.get(key) ?? openCluster(name, spec, secretsOf(stores));
      clusters.set(key, found);
      return found;
    },
    secrets: stores => secretsOf(stores).named,
    now: () => new Date(),
    sleep: ms => sleep(ms, undefined, { signal: stop.signal }).catch(() => {}),
    id: () => randomUUID(),
    password: () => new Redacted(randomBytes(24).toString('base64url')),
    digest: text => `sha256:${createHash('sha256').update(text).digest('hex')}`,
    actor: () => actorOf(root),
    signal: stop.signal,
    progress: options.progress,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** What scripts/build.ts writes into the bundle. Sources may change at any time, so that they remember nothing. */
declare const KAAS_BUILD: string | undefined;

async function rightTextsOf(root: string) {
  if (typeof KAAS_BUILD === 'undefined') return undefined;
  const { openRightTexts } = await import('#targets/documents/right-texts.ts');
  return openRightTexts(join(root, '.kaas/cache/right-texts'), KAAS_BUILD);
}

async function actorOf(root: string): Promise<string> {
  if (process.env.KAAS_ACTOR) return process.env.KAAS_ACTOR;
  const git = (key: string) =>
    promisify(execFile)('git', ['-C', root, 'config', key]).then(
      ({ stdout }) => stdout.trim(),
      () => '',
    );
  const [name, email] = await Promise.all([git('user.name'), git('user.email')]);
  return email === '' ? userInfo().username : `${name} <${email}>`.trim();
}

async function sealingOf(root: string): Promise<Sealing> {
  const identityFile = process.env.KAAS_AGE_KEY_FILE;
  const { openSealing } = await import('#targets/secrets/sealed/index.ts');
  const controllerKeyFile = process.env.KAAS_SEALED_SECRETS_KEY_FILE;
  return openSealing({
    directory: join(root, '.kaas'),
    now: () => new Date(),
    ...(identityFile ? { identityFile } : {}),
    ...(controllerKeyFile ? { controllerKeyFile } : {}),
  });
}

type Read = (reference: SecretReference) => Promise<Redacted>;

async function openStoreOf(root: string, spec: LandscapeSpec, how: { offline: boolean; read: Read }): Promise<Store> {
  if (how.offline) return (await import('#targets/memory/store.ts')).memoryStore();
  const given = spec.store ?? 'sqlite:.kaas/kaas.db';
  const address = typeof given === 'string' ? given : (await how.read(given)).reveal();
  const { openStore } = await import('#targets/store/open-store.ts');
  const file = /^sqlite:(?!\/)(.+)$/.exec(address)?.[1];
  return openStore(file === undefined ? address : `sqlite:${join(root, file)}`);
}

async function input(mostBytes: number): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin) {
    parts.push(part);
    size += part.length;
    if (size > mostBytes) return undefined;
  }
  return Buffer.concat(parts);
}

const local: LocalServers = {
  async start({ root, cluster, brokers, beside, signal, log }) {
    const { startBeside, startKafka } = await processes();
    const directory = upFolder(root, cluster);
    const started = await startKafka({ directory, name: cluster, brokers, onProgress: log, signal });
    await mkdir(directory, { recursive: true });
    const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${started.adminUser}" password="${started.adminPassword.reveal()}";`;
    const lines = ['security.protocol=SASL_PLAINTEXT', 'sasl.mechanism=SCRAM-SHA-512', `sasl.jaas.config=${login}`, ''];
    await writeFile(join(directory, 'admin.properties'), lines.join('\n'), { mode: 0o600 });
    if (beside.length > 0)
      await startBeside(directory, beside, { plugins: join(root, '.kaas/plugins'), onProgress: log, signal });
    return (await local.read(root, cluster)) as LocalKafka;
  },
  stop: async (root, cluster) => (await (await processes()).stopKafka(upFolder(root, cluster))) > 0,
  async read(root, cluster) {
    const { besideUrl, bootstrapServers, readLocalKafka, runningPids } = await processes();
    const found = readLocalKafka(upFolder(root, cluster));
    if (found === undefined) return undefined;
    const running = runningPids(upFolder(root, cluster)).length > 0;
    const registry = besideUrl(upFolder(root, cluster), 'schema-registry');
    const connect = besideUrl(upFolder(root, cluster), 'connect');
    return {
      cluster,
      bootstrapServers: bootstrapServers(found),
      adminProperties: join(upFolder(root, cluster), 'admin.properties'),
      running,
      ...(registry === undefined ? {} : { schemaRegistry: registry }),
      ...(connect === undefined ? {} : { connect }),
    };
  },
  list: root => readdir(join(root, '.kaas/up')).catch(() => []),
};

const host: Host = {
  version: JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version,
  environment: process.env,
  directory: process.cwd(),
  signal: stop.signal,
  terminal: { stdin: process.stdin.isTTY === true, stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
  write: text => void process.stdout.write(text),
  log: text => void process.stderr.write(text),
  ask: async question => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    stop.signal.addEventListener('abort', () => lines.close());
    lines.on('SIGINT', () => stop.abort());
    return lines
      .question(question, { signal: stop.signal })
      .catch(() => '')
      .finally(() => lines.close());
  },
  input,
  kinds,
  sealing: sealingOf,
  open,
  local,
};

/** A reader that went away (`kaas plan dev | head`) is no failure of ours. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
process.exitCode = await runCommandLine(host, process.argv.slice(2), commands);
if (process.env.KAAS_REQUEST_LOG) {
  const byApi: Record<string, number> = {};
  for (const each of counted) for (const [api, count] of each.byApi) byApi[api] = (byApi[api] ?? 0) + count;
  const writes = counted.reduce((sum, each) => sum + each.writes, 0);
  appendFileSync(process.env.KAAS_REQUEST_LOG, `${JSON.stringify({ byApi, writes })}\n`);
}
