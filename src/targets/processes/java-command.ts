import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from './kafka-jars.ts';

/** A Java, a folder of Kafka's jars, and where the two keep their class-data archive, which halves the start. */
export interface JavaCommand {
  readonly java: string;
  readonly jars: string;
  readonly archive: string;
}

export function javaCommand(java: string, jars: string): JavaCommand {
  const pair = createHash('sha256').update(`${java}\n${jars}`).digest('hex').slice(0, 8);
  return { java, jars, archive: join(cacheFolder(), `classes-${pair}.jsa`) };
}

/** The flags of every Java process of a cluster. An archive that does not fit (another Java, other jars) is passed over in silence. */
export function javaFlags({ jars, archive }: JavaCommand, directory: string): string[] {
  const sharing = existsSync(archive)
    ? [`-XX:SharedArchiveFile=${archive}`, '-Xshare:auto', '-Xlog:disable', '-Xlog:all=error:stderr']
    : [];
  return [
    ...['-Xmx512m', '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
    ...sharing,
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${join(directory, 'log4j2.properties')}`,
    ...['-cp', join(jars, '*')],
  ];
}

/** Where a broker leaves the archive when it ends; only one that ended in peace left a whole one. */
export const recordedArchive = (directory: string): string => join(directory, 'classes.jsa');

/** Keeps what a broker recorded for the next starts, whole or not at all. */
export async function keepArchive(directory: string, archive: string): Promise<void> {
  const recorded = recordedArchive(directory);
  if (!existsSync(recorded)) return;
  if (!existsSync(archive)) {
    mkdirSync(dirname(archive), { recursive: true });
    const fresh = `${archive}.${process.pid}`;
    await copyFile(recorded, fresh);
    renameSync(fresh, archive);
  }
  rmSync(recorded, { force: true });
}
