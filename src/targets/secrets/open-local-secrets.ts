import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { Secrets } from '#ports/secrets.ts';
import { replaceFile } from './atomic-file.ts';
import { faultOfFile } from './file-faults.ts';
import { whileLocked } from './file-lock.ts';
import { makeIdentity, readIdentities, readIdentity, recipientOf } from './identity.ts';

/** Loaded with the first secret: most commands need none. */
const age = () => import('age-encryption');

export interface LocalSecretsOptions {
  /** Where `secrets.age` stands, usually the landscape's `.kaas`. */
  readonly directory: string;
  /** The encrypted file, where it is not `secrets.age` in the directory. */
  readonly file?: string;
  /** An identity kept elsewhere (`KAAS_AGE_KEY_FILE`), which must exist; without it `age-identity.txt` in the directory, made at first use. */
  readonly identityFile?: string;
}

/**
 * The store `local`: one JSON object, encrypted with age (https://age-encryption.org/v1) for one identity. Writers take turns by a lock file;
 * a write replaces the file as a whole. Nothing is touched before the first call.
 */
export const openLocalSecrets = (options: LocalSecretsOptions): Secrets => new LocalSecrets(options);

class LocalSecrets implements Secrets {
  readonly #directory: string;
  readonly #file: string;
  readonly #identityFile: string;
  readonly #mayMakeIdentity: boolean;

  constructor(options: LocalSecretsOptions) {
    this.#directory = options.directory;
    this.#file = options.file ?? path.join(options.directory, 'secrets.age');
    this.#identityFile = options.identityFile ?? path.join(options.directory, 'age-identity.txt');
    this.#mayMakeIdentity = options.identityFile === undefined;
  }

  async get(key: string): Promise<Redacted | undefined> {
    return (await this.#read()).get(key);
  }

  async getAll(keys: readonly string[]): Promise<Map<string, Redacted>> {
    const all = await this.#read();
    return new Map(keys.flatMap(key => (all.has(key) ? [[key, all.get(key) as Redacted]] : [])));
  }

  async keys(): Promise<string[]> {
    return [...(await this.#read()).keys()].sort();
  }

  async place(): Promise<string> {
    return this.#file;
  }

  async address(key: string): Promise<string> {
    return `${this.#file} ${key}`;
  }

  async examine(): Promise<string> {
    const count = (await this.#read()).size;
    return count === 0
      ? `${this.#file}: nothing is kept there yet`
      : `${this.#file} opens; ${count} secret${count === 1 ? '' : 's'} in it`;
  }

  put(key: string, value: Redacted): Promise<void> {
    return this.putAll(new Map([[key, value]]));
  }

  async putAll(values: ReadonlyMap<string, Redacted>): Promise<void> {
    if (values.size === 0) return;
    await this.#change(all => {
      for (const [key, value] of values) all.set(key, value);
      return true;
    });
  }

  async deleteAll(keys: readonly string[]): Promise<void> {
    await this.#change(all => keys.filter(key => all.delete(key)).length > 0);
  }

  async #change(edit: (all: Map<string, Redacted>) => boolean): Promise<void> {
    try {
      for (const each of new Set([this.#directory, path.dirname(this.#file)]))
        await mkdir(each, { recursive: true, mode: 0o700 });
      await whileLocked(`${this.#file}.lock`, async () => {
        const all = await this.#read();
        if (!edit(all)) return;
        const identity = (await readIdentity(this.#identityFile)) ?? (await this.#firstIdentity());
        const { Encrypter } = await age();
        const encrypter = new Encrypter();
        encrypter.addRecipient(await recipientOf(identity, this.#identityFile));
        const plain = Object.fromEntries([...all].map(([key, value]) => [key, value.reveal()]));
        await replaceFile(this.#file, await encrypter.encrypt(JSON.stringify(plain)));
      });
    } catch (error) {
      throw faultOfFile(this.#file, error);
    }
  }

  async #firstIdentity(): Promise<Redacted> {
    if (this.#mayMakeIdentity) return makeIdentity(this.#identityFile);
    throw new Fault('secrets/no-identity', `The age identity ${this.#identityFile} does not exist.`, {
      remedy: 'Correct KAAS_AGE_KEY_FILE, or make the file with `age-keygen`.',
    });
  }

  /** Always from the file: another process may have written since. */
  async #read(): Promise<Map<string, Redacted>> {
    const sealed = await readFile(this.#file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw faultOfFile(this.#file, error);
    });
    if (sealed === undefined) return new Map();
    const identities = await readIdentities(this.#identityFile);
    if (identities === undefined)
      throw new Fault(
        'secrets/no-identity',
        `${this.#file} cannot be read: its age identity ${this.#identityFile} does not exist.`,
        {
          remedy:
            'Put the identity back, or name it in KAAS_AGE_KEY_FILE. Without it the secrets are lost: move the file away and rotate them.',
        },
      );
    for (const identity of identities) await recipientOf(identity, this.#identityFile);
    return this.#decrypt(sealed, identities);
  }

  async #decrypt(sealed: Uint8Array, identities: readonly Redacted[]): Promise<Map<string, Redacted>> {
    let text: string;
    try {
      const { Decrypter } = await age();
      const decrypter = new Decrypter();
      for (const identity of identities) decrypter.addIdentity(identity.reveal());
      text = await decrypter.decrypt(sealed, 'text');
    } catch (error) {
      if (error instanceof Error && /no identity matched/.test(error.message))
        throw new Fault(
          'secrets/wrong-identity',
          `${this.#file} was not encrypted for the age identity in ${this.#identityFile}.`,
          {
            remedy: 'Name the identity that wrote it in KAAS_AGE_KEY_FILE, or put it back in its place.',
          },
        );
      throw damaged(this.#file);
    }
    return parse(text, this.#file);
  }
}

function parse(text: string, file: string): Map<string, Redacted> {
  try {
    const plain = JSON.parse(text) as Record<string, unknown>;
    return new Map(Object.entries(plain).map(([key, value]) => [key, new Redacted(String(value))]));
  } catch {
    // The parser's message would quote the plain text.
    throw damaged(file);
  }
}

const damaged = (file: string): Fault =>
  new Fault('secrets/corrupt', `${file} is damaged or cut off.`, {
    remedy: 'Put a copy of it back. Without one, move it away and rotate the secrets it held.',
  });
