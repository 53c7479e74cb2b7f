import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapServers, findJava, kafkaJars, startKafka, stopKafka } from '#targets/processes/index.ts';
import { startPostgres } from './postgres.ts';

/** Memory where there is some: creating a partition waits for the disk. */
const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const folder = /^kaas-test-(\d+)-/;

/** The real servers that a whole test run shares: one Kafka of three brokers (`KAAS_TEST_BROKERS=1` for one) and one Postgres. Each test lives under its own prefix. */
export default async function startStack(): Promise<() => Promise<void>> {
  await endAbandoned();
  const started = Date.now();
  const directory = mkdtempSync(join(parent, `kaas-test-${process.pid}-`));
  const say = (line: string) => console.error(`  stack: ${line}`);
  const stop = async () => {
    await stopKafka(directory, { forget: true });
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const brokers = process.env.KAAS_TEST_BROKERS === '1' ? 1 : 3;
    const kafka = await startKafka({ directory, name: 'test', brokers, onProgress: say });
    const postgres = await startPostgres();
    Object.assign(process.env, {
      KAAS_TEST_DIRECTORY: directory,
      KAAS_TEST_BOOTSTRAP: bootstrapServers(kafka).join(','),
      KAAS_TEST_ADMIN_USER: kafka.adminUser,
      KAAS_TEST_ADMIN_PASSWORD: kafka.adminPassword.reveal(),
      KAAS_TEST_KAFKA_LIB: await kafkaJars(),
      KAAS_TEST_JAVA: await findJava(),
      KAAS_TEST_POSTGRES_URL: postgres.url,
    });
    say(
      `Kafka (${brokers === 1 ? 'one broker' : 'three brokers'}) and Postgres are up after ${((Date.now() - started) / 1_000).toFixed(1)} s`,
    );
    return async () => {
      await postgres.stop();
      await stop();
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A test run that was killed leaves its servers behind; the next one ends them. The folder's name holds the process id of the run. */
async function endAbandoned(): Promise<void> {
  for (const name of readdirSync(parent)) {
    const owner = folder.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    await stopKafka(join(parent, name), { forget: true });
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
