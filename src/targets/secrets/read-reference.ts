import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '#model/fault.ts';
import { Redacted, type SecretReference } from '#model/redacted.ts';
import type { Secrets } from '#ports/secrets.ts';
import { faultOfFile } from './file-faults.ts';

export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The landscape's root: relative files start there. */
  readonly root: string;
  /** By the name that a reference gives in `store`; throws a `Fault` where there is none. */
  readonly store: (name: string) => Secrets;
}

/** Reads what a reference names. A missing or empty one is a `Fault` that names the reference. One line break at the end of a file does not count. */
export async function readSecret(reference: SecretReference, sources: SecretSources): Promise<Redacted> {
  if ('env' in reference) {
    const value = sources.env[reference.env];
    if (value) return new Redacted(value);
    throw missing(
      `The environment variable ${reference.env} is ${value === undefined ? 'not set' : 'empty'}.`,
      `Set ${reference.env} before you start kaas.`,
    );
  }
  if ('file' in reference) return readSecretFile(path.resolve(sources.root, reference.file), reference.file);
  const value = await sources.store(reference.store).get(reference.key);
  if (value !== undefined) return value;
  throw missing(
    `The secret store \`${reference.store}\` has no key \`${reference.key}\`.`,
    'Put the secret under this key, or correct the reference.',
  );
}

async function readSecretFile(file: string, named: string): Promise<Redacted> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw faultOfFile(`The secret file ${named}`, error);
  });
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw missing(`The secret file ${named} is empty.`, 'Write the secret into it.');
  return new Redacted(value);
}

const missing = (message: string, remedy: string): Fault => new Fault('secrets/missing', message, { remedy });
