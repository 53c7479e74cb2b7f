import { createHmac, hkdfSync } from 'node:crypto';
import path from 'node:path';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { Opened, Sealing } from '#ports/sealing.ts';
import { readIdentities, recipientOf } from '../identity.ts';
import { isAge, openAge } from './age.ts';
import { unbind } from './bound.ts';
import { broken } from './faults.ts';

export interface SealingOptions {
  /** Where the keys stand, usually the landscape's `.kaas`. */
  readonly directory: string;
  /** An identity kept elsewhere (`KAAS_AGE_KEY_FILE`). */
  readonly identityFile?: string;
}

/** A sealed text is a secret or a handful of them, not a file store. */
const maxBytes = 1024 * 1024;

/** Sealed texts, opened with the identities that the store `local` uses too. Nothing is read before the first call. */
export function openSealing(options: SealingOptions): Sealing {
  const identityFile = options.identityFile ?? path.join(options.directory, 'age-identity.txt');
  let known: Promise<readonly Redacted[]> | undefined;
  const identities = () => (known ??= identitiesOf(identityFile));
  let digestKey: Promise<Buffer> | undefined;
  return {
    async open(text, tenant) {
      if (Buffer.byteLength(text) > maxBytes) throw broken('it is larger than 1 MiB');
      if (isAge(text)) return single(unbind(await openAge(text, await identities()), tenant));
      throw broken('it is neither an age armour, nor a SOPS file, nor a SealedSecret');
    },
    async digest(place, value) {
      const key = await (digestKey ??= identities().then(all => keyFrom(all.at(-1) as Redacted)));
      const mac = createHmac('sha256', key)
        .update(`${Buffer.byteLength(place)}:${place}`)
        .update(value.reveal())
        .digest('hex');
      return `hmac-sha256:${mac.slice(0, 32)}`;
    },
    recipients: async () =>
      Promise.all(((await readIdentities(identityFile)) ?? []).map(identity => recipientOf(identity, identityFile))),
    makeKey: () => Promise.reject(new Fault('sealing/no-key', 'not yet')),
  };
}

const single = (value: Redacted): Opened => new Map([['', value]]);

/** The oldest identity stays in the file when a new one comes, so a digest outlives a rotation (RFC 5869). */
const keyFrom = (identity: Redacted): Buffer =>
  Buffer.from(hkdfSync('sha256', identity.reveal(), '', 'kaas: digests of secrets in the ledger', 32));

async function identitiesOf(file: string): Promise<readonly Redacted[]> {
  const found = await readIdentities(file);
  if (found !== undefined) return found;
  throw new Fault('sealing/no-identity', `The age identity ${file} does not exist, so no sealed secret can be opened here.`, {
    remedy: 'Name the identity in KAAS_AGE_KEY_FILE, or make one with `kaas secret rotate-key`.',
  });
}
