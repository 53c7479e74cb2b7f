import { createHmac, hkdfSync, type KeyObject } from 'node:crypto';
import path from 'node:path';
import { Fault } from '#model/fault.ts';
import type { Redacted } from '#model/redacted.ts';
import type { Recipients, Sealing, SealOrder } from '#ports/sealing.ts';
import { isAge, openAge, sealAge, textOf } from './age.ts';
import { bind, unbind } from './bound.ts';
import { broken } from './faults.ts';
import { controllerKeysOf, identitiesOf, prependIdentity } from './keys.ts';

export interface SealingOptions {
  /** Where the keys stand, usually the landscape's `.kaas`. */
  readonly directory: string;
  /** Identities kept elsewhere (`KAAS_AGE_KEY_FILE`). */
  readonly identityFile?: string;
  /** Keys of sealed-secrets kept elsewhere (`KAAS_SEALED_SECRETS_KEY_FILE`). */
  readonly controllerKeyFile?: string;
  readonly now: () => Date;
}

/** A sealed text is a secret or a handful of them, not a file store. */
const maxBytes = 512 * 1024;

/** Sealed texts and the keys of this machine; its age identities are those of the store `local`. Nothing is read before the first call. */
export function openSealing(options: SealingOptions): Sealing {
  const identityFile = options.identityFile ?? path.join(options.directory, 'age-identity.txt');
  const controllerKeyFile = options.controllerKeyFile ?? path.join(options.directory, 'sealed-secrets.pem');
  const identities = once(() => identitiesOf(identityFile));
  const keys = { identities, controllerKeys: once(() => controllerKeysOf(controllerKeyFile)) };
  const digestKey = once(async () => keyFrom((await identities()).at(-1) as Redacted));
  return {
    async open(text, tenant) {
      const format = formatOf(text);
      if (format === 'age') return new Map([['', unbind(textOf(await openAge(text, await identities())), tenant)]]);
      if (format === 'sops') return (await import('./sops.ts')).openSops(text, await identities());
      return (await import('./sealed-secret.ts')).openSealedSecret(text, await keys.controllerKeys());
    },
    async digest(place, value) {
      const mac = createHmac('sha256', await digestKey())
        .update(`${Buffer.byteLength(place)}:${place}`)
        .update(value.reveal());
      return `hmac-sha256:${mac.digest('hex').slice(0, 32)}`;
    },
    seal: (values, order) => seal(values, order, options.now()),
    reseal: (text, to) => reseal(text, to, keys),
    makeKey: () => prependIdentity(identityFile),
  };
}

/** Told by what each tool writes into its files, before anything is parsed. Throws `sealing/broken` for all else. */
function formatOf(text: string): SealOrder['format'] {
  if (Buffer.byteLength(text) > maxBytes) throw broken('it is larger than 512 KiB');
  if (isAge(text)) return 'age';
  if (/^["']?kind["']?\s*:\s*["']?SealedSecret|"kind"\s*:\s*"SealedSecret"/m.test(text)) return 'sealed-secret';
  if (/^["']?sops["']?\s*:|"sops"\s*:\s*\{/m.test(text)) return 'sops';
  throw broken('it is neither an age armour, nor a SOPS file, nor a SealedSecret');
}

async function seal(values: Parameters<Sealing['seal']>[0], { format, to, tenant, name }: SealOrder, now: Date): Promise<string> {
  if (format === 'sealed-secret') {
    const { sealSealedSecret } = await import('./sealed-secret.ts');
    return sealSealedSecret(values, firstOf(to.certificates, 'certificate'), { name, namespace: tenant ?? 'platform' });
  }
  firstOf(to.age, 'recipient');
  if (format === 'sops') return (await import('./sops.ts')).sealSops(values, to.age, now);
  const [value] = [...values.values()] as [Redacted];
  return sealAge(Buffer.from(bind(value, tenant).reveal()), to.age);
}

interface Keys {
  identities(): Promise<readonly Redacted[]>;
  controllerKeys(): Promise<readonly KeyObject[]>;
}

async function reseal(text: string, to: Recipients, keys: Keys): Promise<string> {
  const format = formatOf(text);
  if (format === 'sealed-secret') {
    const { resealSealedSecret } = await import('./sealed-secret.ts');
    return resealSealedSecret(text, await keys.controllerKeys(), firstOf(to.certificates, 'certificate'));
  }
  firstOf(to.age, 'recipient');
  if (format === 'sops') return (await import('./sops.ts')).resealSops(text, await keys.identities(), to.age);
  return sealAge(await openAge(text, await keys.identities()), to.age);
}

function firstOf(published: readonly string[], what: string): string {
  const [first] = published;
  if (first !== undefined) return first;
  throw new Fault('sealing/no-recipient', `The landscape publishes no ${what} to seal to.`, {
    remedy:
      what === 'certificate'
        ? 'The platform writes `spec.sealing.certificates` in kaas.yaml: the file that `kubeseal --fetch-cert` prints.'
        : 'The platform writes `spec.sealing.recipients` in kaas.yaml: `kaas secret rotate-key` makes a key and prints its recipient.',
  });
}

/** The oldest identity stays in the file when a new one comes, so a digest outlives a rotation (HKDF, RFC 5869). */
const keyFrom = (identity: Redacted): Buffer =>
  Buffer.from(hkdfSync('sha256', identity.reveal(), '', 'kaas: digests of secrets in the ledger', 32));

function once<Result>(ask: () => Promise<Result>): () => Promise<Result> {
  let known: Promise<Result> | undefined;
  return () => (known ??= ask());
}
