import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '#model/fault.ts';

const run = promisify(execFile);

/** The Java to run servers with: `JAVA_HOME`, then PATH, then /usr/lib/jvm, the first of at least this version. Throws a `Fault` that names the remedy. */
export async function findJava(minimum = 17, who = 'Kafka'): Promise<string> {
  const installed = existsSync('/usr/lib/jvm')
    ? readdirSync('/usr/lib/jvm').map(name => join('/usr/lib/jvm', name, 'bin/java'))
    : [];
  const candidates = [
    process.env.JAVA_HOME === undefined ? undefined : join(process.env.JAVA_HOME, 'bin/java'),
    'java',
    ...installed,
  ];
  for (const java of candidates) if (java !== undefined && (await versionOf(java)) >= minimum) return java;
  throw new Fault(
    'processes/no-java',
    `${who} needs Java ${minimum} or newer; none was found in JAVA_HOME, PATH or /usr/lib/jvm.`,
    {
      remedy: `Install one (Debian: apt-get install -y openjdk-${minimum}-jre-headless; else https://adoptium.net) or set JAVA_HOME.`,
    },
  );
}

async function versionOf(java: string): Promise<number> {
  try {
    const { stdout, stderr } = await run(java, ['-version']);
    const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(stdout + stderr) ?? [];
    return Number(first === '1' ? second : (first ?? 0));
  } catch {
    return 0;
  }
}
