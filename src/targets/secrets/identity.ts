import { randomUUID } from 'node:crypto';
import { link, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import { faultOfFile } from './file-faults.ts';

const remedy =
  'Name a file that `age-keygen` wrote in KAAS_AGE_KEY_FILE, or put the identity that the secrets were written with back in its place.';

/** The identity that is sealed to: the first of the file. */
export const readIdentity = async (file: string): Promise<Redacted | undefined> => (await readIdentities(file))?.[0];

/** Reads the age identities of a file as `age-keygen` writes it, at least one; undefined when there is no file. Those after the first only open what was sealed to them. */
export async function readIdentities(file: string): Promise<readonly Redacted[] | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw faultOfFile(file, error);
  });
  if (text === undefined) return undefined;
  const lines = text.split('\n').filter(each => each.trim().startsWith('AGE-SECRET-KEY-'));
  if (lines.length === 0) throw new Fault('secrets/no-identity', `${file} holds no age identity.`, { remedy });
  return lines.map(line => new Redacted(line.trim()));
}

/** Makes an identity that only its owner may read. Where another process was faster, its identity counts. */
export async function makeIdentity(file: string): Promise<Redacted> {
  const identity = await (await import('age-encryption')).generateIdentity();
  const draft = path.join(path.dirname(file), `.${randomUUID()}.tmp`);
  try {
    if (path.basename(path.dirname(file)) === '.kaas') await hideFromGit(path.dirname(file));
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(
        `# public key: ${await (await import('age-encryption')).identityToRecipient(identity)}\n${identity}\n`,
      );
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } catch (error) {
    throw faultOfFile(file, error);
  } finally {
    await rm(draft, { force: true });
  }
  return (await readIdentity(file)) as Redacted;
}

/** Whoever adds all files of a landscape that `kaas init` did not make would commit the key with them. What stands there already is somebody's choice. */
const hideFromGit = (directory: string): Promise<void> =>
  writeFile(path.join(directory, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });

/** The public half, which encrypts. */
export async function recipientOf(identity: Redacted, file: string): Promise<string> {
  try {
    return await (await import('age-encryption')).identityToRecipient(identity.reveal());
  } catch {
    // The library's message may quote the key.
    throw new Fault('secrets/no-identity', `${file} holds no valid age identity.`, { remedy });
  }
}
