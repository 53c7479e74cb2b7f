import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Kafka's own programs: what they say about the cluster counts more than what our client says. */
const programs = {
  topics: 'org.apache.kafka.tools.TopicCommand',
  acls: 'org.apache.kafka.tools.AclCommand',
  configs: 'kafka.admin.ConfigCommand',
  groups: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'share-groups': 'org.apache.kafka.tools.consumer.group.ShareGroupCommand',
  tokens: 'org.apache.kafka.tools.DelegationTokenCommand',
  quorum: 'org.apache.kafka.tools.MetadataQuorumCommand',
  cluster: 'org.apache.kafka.tools.ClusterTool',
  transactions: 'org.apache.kafka.tools.TransactionsCommand',
  offsets: 'org.apache.kafka.tools.GetOffsetShell',
  reassign: 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  elect: 'org.apache.kafka.tools.LeaderElectionCommand',
} as const;

export type Program = keyof typeof programs;

/** Who a client logs in as: user and password over SCRAM-SHA-512, or a whole properties text of its own. */
export type Login =
  | { readonly user: string; readonly password: string }
  | { readonly properties: string; readonly bootstrapServer?: string };

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: the real servers of test/stack.ts do not run.`);
  return value;
};

const admin = (): Login => ({ user: required('KAAS_TEST_ADMIN_USER'), password: required('KAAS_TEST_ADMIN_PASSWORD') });

/** Runs one of Kafka's administrative programs as the test cluster's admin and returns what it printed; throws with its output when it fails. */
export async function kafkaTool(program: Program, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kafkaToolAs(admin(), program, ...args);
  if (code !== 0) throw new Error(`kafka ${program} ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

/** Makes a SCRAM user, or gives it another password, as somebody does who does not ask us. */
export const userByHand = (user: string, password: string): Promise<string> =>
  kafkaTool(
    'configs',
    '--alter',
    '--entity-type',
    'users',
    '--entity-name',
    user,
    '--add-config',
    `SCRAM-SHA-512=[password=${password}]`,
  );

/** The same as somebody else; a refusal is an answer, so nothing is thrown. */
export function kafkaToolAs(login: Login, program: Program, ...args: string[]): Promise<Finished> {
  return withProperties(login, file =>
    java([programs[program], '--bootstrap-server', required('KAAS_TEST_BOOTSTRAP'), '--command-config', file, ...args]),
  );
}

/** Writes the lines as records, one each, with Kafka's console producer. */
export function produceAs(login: Login, topic: string, lines: readonly string[]): Promise<Finished> {
  const input = lines.map(line => `${line}\n`).join('');
  return withProperties(login, file => java(['org.apache.kafka.tools.ConsoleProducer', ...client(login, file, topic)], input));
}

/** Writes ten small records within transactions of this id, with Kafka's performance tool (the console producer knows no transactions). */
export function produceInTransactionAs(login: Login, topic: string, transactionalId: string): Promise<Finished> {
  return withProperties(login, file =>
    java([
      'org.apache.kafka.tools.ProducerPerformance',
      ...client(login, file, topic),
      ...['--num-records', '10', '--record-size', '16', '--throughput', '-1', '--transactional-id', transactionalId],
    ]),
  );
}

/** Reads up to `count` records from the start with Kafka's console consumer, one a line on stdout; ends after 15 s without one. */
export function consumeAs(login: Login, topic: string, options: { group: string; count: number }): Promise<Finished> {
  return withProperties(login, file =>
    java([
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      ...client(login, file, topic),
      ...['--group', options.group, '--from-beginning', '--isolation-level', 'read_committed'],
      ...['--max-messages', String(options.count), '--timeout-ms', '15000'],
    ]),
  );
}

/** The same as a member of a share group (KIP-932). */
export function shareConsumeAs(login: Login, topic: string, options: { group: string; count: number }): Promise<Finished> {
  return withProperties(login, file =>
    java([
      'org.apache.kafka.tools.consumer.ConsoleShareConsumer',
      ...client(login, file, topic),
      ...['--group', options.group, '--max-messages', String(options.count), '--timeout-ms', '15000'],
    ]),
  );
}

const client = (login: Login, file: string, topic: string): string[] => [
  ...['--bootstrap-server', ('properties' in login ? login.bootstrapServer : undefined) ?? required('KAAS_TEST_BOOTSTRAP')],
  ...['--command-config', file, '--topic', topic],
];

async function withProperties(login: Login, use: (file: string) => Promise<Finished>): Promise<Finished> {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-tool-'));
  try {
    const file = join(directory, 'client.properties');
    writeFileSync(file, 'properties' in login ? login.properties : scramProperties(login), { mode: 0o600 });
    return await use(file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The client settings of a user of the test cluster. */
export const scramProperties = ({ user, password }: { user: string; password: string }): string =>
  `security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="${password}";
`;

/** Runs one of Kafka's programs in the background with a file of settings; it ends with the scope. `output` is what it has printed so far. */
export function runInBackground(main: string, settings: string): AsyncDisposable & { readonly output: () => string } {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-running-'));
  const file = join(directory, 'settings.properties');
  writeFileSync(file, settings, { mode: 0o600 });
  const child = spawn(required('KAAS_TEST_JAVA'), [...javaFlags(), main, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  return {
    output: () => output,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export interface RunningProducer extends AsyncDisposable {
  /** Values that brokers have acknowledged so far. */
  acknowledged(): readonly string[];
  /** Whatever it said of a record that it could not send, or of a login that was refused. */
  failures(): readonly string[];
  /** All that it printed. */
  output(): string;
  /** Ends it the way an orchestrator does: what is under way is sent first. */
  stop(): Promise<void>;
}

/** Kafka's own VerifiableProducer, `perSecond` records a second whose values are `<prefix>.<n>`, until it is stopped. It opens connections anew all the time. */
export function produceInBackground(
  { properties }: { readonly properties: string },
  topic: string,
  { prefix, perSecond }: { readonly prefix: number; readonly perSecond: number },
): RunningProducer {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-producer-'));
  const file = join(directory, 'client.properties');
  const restless = 'connections.max.idle.ms=500\nmetadata.max.age.ms=200\nretries=2147483647\nenable.idempotence=true\n';
  writeFileSync(file, `${properties}\n${restless}`, { mode: 0o600 });
  const args = [
    ...['--bootstrap-server', required('KAAS_TEST_BOOTSTRAP'), '--topic', topic, '--command-config', file],
    ...['--throughput', String(perSecond), '--value-prefix', String(prefix)],
  ];
  const child = spawn(required('KAAS_TEST_JAVA'), [...javaFlags(), 'org.apache.kafka.tools.VerifiableProducer', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  const lines = (pattern: RegExp) => output.split('\n').filter(line => pattern.test(line));
  return {
    acknowledged: () => lines(/"producer_send_success".*\}$/).map(line => (JSON.parse(line) as { value: string }).value),
    failures: () => lines(/producer_send_error|Authentication failed/),
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const javaFlags = (): string[] => [
  ...['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
  ...['-cp', join(required('KAAS_TEST_KAFKA_LIB'), '*')],
];

function java(args: readonly string[], input = ''): Promise<Finished> {
  return new Promise(resolve => {
    const options = { maxBuffer: 64 * 1024 * 1024, timeout: 55_000 };
    const child = execFile(required('KAAS_TEST_JAVA'), [...javaFlags(), ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** One of Kafka's programs on a cluster that `kaas up` runs in a landscape, with the settings that it wrote for its admin. */
async function javaOn(landscape: string, cluster: string, [main, ...args]: readonly string[], input = ''): Promise<string> {
  const folder = join(landscape, '.kaas/up', cluster);
  const state = JSON.parse(readFileSync(join(folder, 'cluster.json'), 'utf8')) as { nodes: { port: number }[] };
  const address = `127.0.0.1:${state.nodes[0]?.port}`;
  const where = ['--bootstrap-server', address, '--command-config', join(folder, 'admin.properties')];
  const { code, stdout, stderr } = await java([main as string, ...where, ...args], input);
  if (code !== 0) throw new Error(`${main} ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

/** `kafkaTool` there. */
export const kafkaToolOn = (landscape: string, cluster: string, program: Program, ...args: string[]): Promise<string> =>
  javaOn(landscape, cluster, [programs[program], ...args]);

/** Writes the lines as records there, one each. */
export async function produceOn(landscape: string, cluster: string, topic: string, lines: readonly string[]): Promise<void> {
  const input = lines.map(line => `${line}\n`).join('');
  await javaOn(landscape, cluster, ['org.apache.kafka.tools.ConsoleProducer', '--topic', topic], input);
}

/** The values of up to `count` records there, from where the group stands or else from the start; commits for the group. Ends after 15 s without one. */
export async function consumeOn(
  landscape: string,
  cluster: string,
  { topic, group, count }: { topic: string; group: string; count: number },
): Promise<string[]> {
  const limits = ['--from-beginning', '--max-messages', String(count), '--timeout-ms', '15000'];
  const main = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
  const read = await javaOn(landscape, cluster, [main, '--topic', topic, '--group', group, ...limits]);
  return read.split('\n').filter(line => line !== '');
}
