import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';
import { replaceFile } from '../atomic-file.ts';
import { faultOfFile } from '../file-faults.ts';
import { whileLocked } from '../file-lock.ts';
import { makeIdentity, readIdentities, recipientOf } from '../identity.ts';

/** The identities of a file, newest first. Throws `sealing/no-identity` where there is no file. */
export async function identitiesOf(file: string): Promise<readonly Redacted[]> {
  const found = await readIdentities(file);
  if (found !== undefined) return found;
  throw new Fault('sealing/no-identity', `The age identity ${file} does not exist, so no sealed secret can be opened here.`, {
    remedy: 'Name the identity in KAAS_AGE_KEY_FILE, or make one with `kaas secret rotate-key`.',
  });
}

/** Puts a new identity before those of the file, or makes the file. What was sealed to the others can still be opened. */
export async function prependIdentity(file: string): Promise<string> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    return await whileLocked(`${file}.lock`, async () => {
      const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (before === undefined) return recipientOf(await makeIdentity(file), file);
      await readIdentities(file);
      const { generateIdentity, identityToRecipient } = await import('age-encryption');
      const identity = await generateIdentity();
      const recipient = await identityToRecipient(identity);
      await replaceFile(file, `# public key: ${recipient}\n${identity}\n${before}`);
      return recipient;
    });
  } catch (error) {
    throw faultOfFile(file, error);
  }
}

const block = /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:RSA )?PRIVATE KEY-----/g;

/** The RSA keys of a PEM file, in its order: those of a sealed-secrets controller, as `kubectl get secret -o yaml` shows them. */
export async function controllerKeysOf(file: string): Promise<readonly KeyObject[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw faultOfFile(file, error);
    throw new Fault('sealing/no-controller-key', `${file} does not exist, so no SealedSecret can be opened here.`, {
      remedy:
        'Put the private keys of the sealed-secrets controller there, or name a file of them in KAAS_SEALED_SECRETS_KEY_FILE.',
    });
  });
  try {
    const keys = (text.match(block) ?? []).map(pem => createPrivateKey(pem));
    if (keys.length > 0 && keys.every(key => key.asymmetricKeyType === 'rsa')) return keys;
  } catch {
    // Said below, without the library's words.
  }
  throw new Fault('sealing/no-controller-key', `${file} holds no RSA private key in PEM, or a damaged one.`, {
    remedy: 'Put the private keys of the sealed-secrets controller there, one PEM block after the other.',
  });
}
