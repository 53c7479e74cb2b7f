import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '#model/fault.ts';

const run = promisify(execFile);
/** The version of Kafka that `stack/kafka/pom.xml` names. */
const kafkaVersion = '4.3.1';
// From source this file stands three folders deep, in the bundle one.
const pom = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../../..' : '..', 'stack/kafka/pom.xml');
const image = `apache/kafka:${kafkaVersion}`;

/** The name of a set of jars: another list of them is another set, so that an older one in a cache is never taken for it. */
export const jarSet = (): string =>
  `kafka-${kafkaVersion}-${createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 8)}`;

/** Puts Kafka's jars into a folder that does not exist yet: by Maven, else out of the image of the Apache project. Throws a `Fault` that names the remedies. */
export async function fetchKafka(libs: string, onProgress: (line: string) => void): Promise<void> {
  const parent = dirname(libs);
  mkdirSync(parent, { recursive: true });
  const fresh = mkdtempSync(join(parent, 'fetch-'));
  try {
    for (const [tool, fetch] of [
      ['Maven', byMaven],
      ['Docker', fromImage],
    ] as const) {
      onProgress(`fetching Kafka ${kafkaVersion} by ${tool} (60 MB, once)`);
      if (!(await fetched(tool, () => fetch(fresh)))) continue;
      if (!existsSync(libs)) renameSync(fresh, libs);
      return;
    }
    throw noKafka('There is no Kafka: neither Maven (mvn) nor Docker, which would fetch it, is installed.');
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

const noKafka = (message: string, cause?: unknown): Fault =>
  new Fault('processes/no-kafka', message, {
    cause,
    remedy: `Install Maven (Debian: apt-get install -y maven), or unpack Apache Kafka ${kafkaVersion} from https://kafka.apache.org/downloads and set KAFKA_HOME to it.`,
  });

/** False when the tool is not installed; a tool that fails is a `Fault` with its own words. */
async function fetched(tool: string, fetch: () => Promise<void>): Promise<boolean> {
  try {
    await fetch();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    const lines = (error as Error).message.split('\n');
    throw noKafka(`${tool} could not fetch Kafka: ${lines.find(line => /error/i.test(line)) ?? lines[0]}`, error);
  }
}

async function byMaven(folder: string): Promise<void> {
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  await run('mvn', ['-q', '-B', '-f', pom, ...goal], { maxBuffer: 16 * 1024 * 1024 });
}

/** A container that is made and never started gives its files away. */
async function fromImage(folder: string): Promise<void> {
  const { stdout } = await run('docker', ['create', image]);
  const container = stdout.trim().split('\n').at(-1) as string;
  try {
    await run('docker', ['cp', `${container}:/opt/kafka/libs/.`, folder]);
  } finally {
    await run('docker', ['rm', container]);
  }
}
