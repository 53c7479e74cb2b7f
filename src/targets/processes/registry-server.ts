import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '#model/fault.ts';
import { cacheFolder } from './kafka-jars.ts';
import type { Launch } from './local-server.ts';

const run = promisify(execFile);
const version = '3.3.3';
const artifact = `io.apicurio:apicurio-registry-app:${version}:tar.gz:all`;

/** Apicurio needs a newer Java than Kafka does. */
export const registryJava = 21;
/** Where Apicurio speaks Confluent's REST API. */
export const registryPath = '/apis/ccompat/v8';

/** The folder of the unpacked registry: the cache, or fetched once into the cache by Maven. Throws a `Fault` that names the remedy. */
export async function registryProgram(onProgress: (line: string) => void): Promise<string> {
  const folder = join(cacheFolder(), `apicurio-registry-${version}`);
  if (existsSync(join(folder, 'quarkus-run.jar'))) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(join(dirname(folder), 'fetch-'));
  onProgress(`fetching Apicurio Registry ${version} by Maven (200 MB, once)`);
  try {
    const goal = ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${fresh}`];
    await run('mvn', goal, { maxBuffer: 16 * 1024 * 1024, cwd: fresh });
    // Maven's own unpacking loses entries whose names are long.
    const archive = join(fresh, `apicurio-registry-app-${version}-all.tar.gz`);
    await run('tar', ['xzf', archive, '-C', fresh]);
    rmSync(archive);
    if (!existsSync(folder)) renameSync(fresh, folder);
    return folder;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const lines = (error as Error).message.split('\n');
    const words = missing
      ? 'Maven (mvn), which would fetch it, is not installed.'
      : `Maven could not fetch it: ${lines.find(line => /error/i.test(line)) ?? lines[0]}`;
    throw new Fault('processes/no-registry', `There is no Apicurio Registry: ${words}`, {
      cause: error,
      remedy: 'Install Maven (Debian: apt-get install -y maven), or name a registry of yours in the KafkaCluster.',
    });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Apicurio Registry with its data in a file beside the cluster's, on the loopback address alone. */
export function registryLaunch(
  java: string,
  program: string,
  { ports, data }: { ports: readonly [number, number]; data: string },
): Launch {
  mkdirSync(data, { recursive: true });
  const [port, management] = ports;
  return {
    java,
    args: [
      ...['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      '-Dquarkus.management.host=127.0.0.1',
      `-Dquarkus.management.port=${management}`,
      '-Dapicurio.rules.global.compatibility=BACKWARD',
      ...['-jar', join(program, 'quarkus-run.jar')],
    ],
    workingDirectory: program,
    environment: {
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: String(port),
      QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'h2',
      APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(data, 'registry')}`,
    },
  };
}
