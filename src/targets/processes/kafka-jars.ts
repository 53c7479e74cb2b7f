import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '#model/fault.ts';
import { fetchKafka, jarSet } from './fetch-kafka.ts';

/** Where things fetched or made once are kept: `KAAS_CACHE`, or `kaas` in the user's cache folder. */
export const cacheFolder = (): string =>
  process.env.KAAS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kaas');

/** The folder of Kafka's jars: `KAFKA_HOME`, the cache, or fetched once into the cache. Throws a `Fault` that names the remedies. */
export async function kafkaJars(onProgress: (line: string) => void = () => {}): Promise<string> {
  if (process.env.KAFKA_HOME !== undefined) {
    const libs = join(process.env.KAFKA_HOME, 'libs');
    if (hasKafka(libs)) return libs;
    throw new Fault('processes/no-kafka', `KAFKA_HOME is ${process.env.KAFKA_HOME}, but it holds no libs/kafka_*.jar.`, {
      remedy: 'Point KAFKA_HOME at an unpacked Apache Kafka, or unset it.',
    });
  }
  const libs = join(cacheFolder(), jarSet(), 'lib');
  if (hasKafka(libs)) return libs;
  await fetchKafka(libs, onProgress);
  return libs;
}

const hasKafka = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some(name => /^kafka_[\d.]+-.*\.jar$/.test(name));
