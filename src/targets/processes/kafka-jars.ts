import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '#model/fault.ts';

const run = promisify(execFile);
/** The version of Kafka that `stack/kafka/pom.xml` names. */
export const kafkaVersion = '4.3.1';

/** Where things fetched or made once are kept: `KAAS_CACHE`, or `kaas` in the user's cache folder. */
export const cacheFolder = (): string =>
  process.env.KAAS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kaas');

/** The folder of Kafka's jars: `KAFKA_HOME`, the cache, or fetched once by Maven into the cache. Throws a `Fault` that names the remedies. */
export async function kafkaJars(onProgress: (line: string) => void = () => {}): Promise<string> {
  if (process.env.KAFKA_HOME !== undefined) {
    const libs = join(process.env.KAFKA_HOME, 'libs');
    if (hasKafka(libs)) return libs;
    throw new Fault('processes/no-kafka', `KAFKA_HOME is ${process.env.KAFKA_HOME}, but it holds no libs/kafka_*.jar.`, {
      remedy: 'Point KAFKA_HOME at an unpacked Apache Kafka, or unset it.',
    });
  }
  const libs = join(cacheFolder(), `kafka-${kafkaVersion}`, 'lib');
  if (hasKafka(libs)) return libs;
  onProgress(`fetching Kafka ${kafkaVersion} by Maven (57 MB, once)`);
  await fetchInto(libs);
  return libs;
}

const hasKafka = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some(name => /^kafka_[\d.]+-.*\.jar$/.test(name));

async function fetchInto(libs: string): Promise<void> {
  const parent = dirname(libs);
  mkdirSync(parent, { recursive: true });
  const fresh = mkdtempSync(join(parent, 'fetch-'));
  // From source this file stands three folders deep, in the bundle one.
  const pom = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../../..' : '..', 'stack/kafka/pom.xml');
  try {
    await run(
      'mvn',
      ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${fresh}`],
      { maxBuffer: 16 * 1024 * 1024 },
    );
    if (!existsSync(libs)) renameSync(fresh, libs);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Fault(
      'processes/no-kafka',
      missing
        ? 'There is no Kafka: Maven (mvn), which would fetch it, is not installed.'
        : `Maven could not fetch Kafka: ${(error as Error).message.split('\n').find(line => line.includes('ERROR')) ?? (error as Error).message.split('\n')[0]}`,
      {
        cause: error,
        remedy: `Install Maven (Debian: apt-get install -y maven), or unpack Apache Kafka ${kafkaVersion} from https://kafka.apache.org/downloads and set KAFKA_HOME to it.`,
      },
    );
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
