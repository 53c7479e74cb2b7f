import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJava, kafkaJars } from '../src/targets/processes/index.ts';

const launcher = join(import.meta.dirname, '../bin/kaas');

/** A headline of the demo. */
export const say = (text: string): void => console.log(`\n── ${text} ──`);

interface Finished {
  readonly code: number;
  readonly output: string;
}

function collect(command: string, args: readonly string[], input = ''): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? 1, output }));
    child.stdin.end(input);
  });
}

/** Runs the command line in the landscape and keeps what it printed. */
export const kaas = (landscape: string, args: readonly string[]): Promise<Finished> =>
  collect(launcher, ['-C', landscape, ...args]);

/** Shows a command and its output; a failing command ends the demo. */
export async function show(landscape: string, args: readonly string[]): Promise<void> {
  console.log(`$ kaas ${args.join(' ')}`);
  const { code, output } = await kaas(landscape, args);
  console.log(output.trimEnd().replace(/^/gm, '  '));
  if (code !== 0) throw new Error(`kaas ${args.join(' ')} ended with ${code}`);
}

type Step = { readonly produce: string } | { readonly consumeAs: string };

/** One record through Kafka's own console client, with the settings that `kaas connection --out` writes for the account. */
export async function consoleClient(landscape: string, account: string, topic: string, step: Step): Promise<Finished> {
  const folder = mkdtempSync(join(tmpdir(), 'kaas-client-'));
  const file = join(folder, 'client.properties');
  try {
    await kaas(landscape, ['connection', 'prod', account, '--format', 'properties', '--out', file]);
    const server = /bootstrap\.servers=(.*)/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    const flags = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', join(await kafkaJars(), '*')];
    const common = ['--bootstrap-server', server, '--command-config', file, '--topic', topic];
    const rest = ['--from-beginning', '--max-messages', '1', '--timeout-ms', '20000'];
    const java = await findJava();
    return 'produce' in step
      ? await collect(java, [...flags, 'org.apache.kafka.tools.ConsoleProducer', ...common], `${step.produce}\n`)
      : await collect(java, [
          ...flags,
          'org.apache.kafka.tools.consumer.ConsoleConsumer',
          ...common,
          '--group',
          step.consumeAs,
          ...rest,
        ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
