import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Change, Outcome } from '#model/change.ts';
import type { Plan } from '#model/plan.ts';

const root = join(import.meta.dirname, '..');

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Requests by Kafka API that the command sent, and how many of them wrote. */
  readonly requests: { readonly byApi: Readonly<Record<string, number>>; readonly writes: number };
}

export type OutcomePlan = Omit<Plan, 'changes'> & { readonly changes: readonly (Change & { readonly outcome?: Outcome })[] };

/** A landscape in a folder of its own, with a prefix of its own on the shared test cluster. */
export interface TestLandscape {
  readonly directory: string;
  /** Goes before every name of the environment `dev`. */
  readonly prefix: string;
  write(file: string, text: string): void;
  remove(file: string): void;
  kaas(...args: string[]): Promise<Run>;
  plan(...args: string[]): Promise<OutcomePlan>;
  apply(...args: string[]): Promise<OutcomePlan & { readonly code: number }>;
}

const document = (kind: string, name: string, spec: unknown): string =>
  `${JSON.stringify({ apiVersion: 'kaas.dev/v1', kind, metadata: { name }, spec })}\n`;

/** One document as text; JSON is YAML. `more` adds to the metadata. */
export const manifest = (kind: string, name: string, spec: unknown, more: object = {}): string =>
  `---\n${JSON.stringify({ apiVersion: 'kaas.dev/v1', kind, metadata: { name, ...more }, spec })}\n`;

const testCluster = (connection: object) => ({
  connection: {
    bootstrapServers: (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(','),
    protocol: 'SASL_PLAINTEXT',
    mechanism: 'SCRAM-SHA-512',
    username: process.env.KAAS_TEST_ADMIN_USER,
    password: { env: 'KAAS_TEST_ADMIN_PASSWORD' },
    ...connection,
  },
});

/** Makes the landscape: one environment `dev` with an own prefix, one cluster `main`, the tenant `shop`. `beside` adds a registry or Connect to the cluster. Removed when the test ends. */
export function testLandscape(
  options: { environment?: object; cluster?: object; landscape?: object; beside?: object } = {},
): TestLandscape {
  const directory = mkdtempSync(join(tmpdir(), 'kaas-landscape-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const prefix = `t${randomBytes(4).toString('hex')}.`;
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  };
  write(
    'kaas.yaml',
    document('Landscape', `test-${prefix.slice(0, -1)}`, {
      environments: ['dev'],
      defaults: { topic: { partitions: 1, replicationFactor: 1 } },
      ...options.landscape,
    }),
  );
  write(
    'platform/environments/dev.yaml',
    document('Environment', 'dev', { clusters: { main: 'main' }, prefix, ...options.environment }),
  );
  write(
    'platform/clusters/main.yaml',
    document('KafkaCluster', 'main', { ...testCluster(options.beside ?? {}), ...options.cluster }),
  );
  write('platform/tenants/shop.yaml', document('Tenant', 'shop', { owners: [] }));
  const kaas = (...args: string[]) => run(directory, args);
  const parse = (result: Run): OutcomePlan => {
    try {
      return JSON.parse(result.stdout) as OutcomePlan;
    } catch {
      throw new Error(`kaas printed no plan (exit ${result.code}): ${result.stdout}${result.stderr}`);
    }
  };
  return {
    directory,
    prefix,
    write,
    remove: file => rmSync(join(directory, file)),
    kaas,
    plan: async (...args) => parse(await kaas('plan', 'dev', '-o', 'json', ...args)),
    apply: async (...args) => {
      const result = await kaas('apply', 'dev', '--yes', '-o', 'json', ...args);
      return { ...parse(result), code: result.code };
    },
  };
}

/** Runs the command line of this checkout in a folder and counts what it sent at the protocol. */
export function run(directory: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Run> {
  const log = join(mkdtempSync(join(tmpdir(), 'kaas-requests-')), 'requests.json');
  return new Promise(resolve => {
    execFile(
      join(root, 'bin/kaas'),
      ['-C', directory, ...args],
      {
        env: { ...process.env, NO_COLOR: '1', KAAS_ACTOR: 'test@example.org', KAAS_REQUEST_LOG: log, ...environment },
        maxBuffer: 256 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr, requests: requestsIn(log) });
      },
    );
  });
}

function requestsIn(log: string): Run['requests'] {
  try {
    return JSON.parse(readFileSync(log, 'utf8'));
  } catch {
    return { byApi: {}, writes: 0 };
  } finally {
    rmSync(dirname(log), { recursive: true, force: true });
  }
}
