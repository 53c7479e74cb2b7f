import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { isMap, isScalar, stringify, type YAMLMap } from 'yaml';
import { Fault } from '#model/fault.ts';
import type { Opened } from '#ports/sealing.ts';
import { textOf } from './age.ts';
import { broken, foreignKey, unsupported } from './faults.ts';
import { keyOf, member, mostValues, readMarked, replaced, textAt } from './marked-text.ts';

/** A session key is used once, so its nonce may be zero (`pkg/crypto/crypto.go` of https://github.com/bitnami/sealed-secrets). */
const nonce = Buffer.alloc(12);
const annotation = 'sealedsecrets.bitnami.com/';

/** Opens every entry of a SealedSecret with the first of these RSA keys that fits, for the name and namespace that stand in it, according to its scope. */
export function openSealedSecret(text: string, keys: readonly KeyObject[]): Opened {
  const file = readMarked(text);
  const label = labelOf(file);
  return new Map(entriesOf(file).map(({ name, sealed }) => [name, textOf(open(sealed, keys, label))]));
}

/** What binds a value: `namespace/name`, the namespace alone or nothing, by the annotations of scope. */
function labelOf(file: YAMLMap): Buffer {
  const [name, namespace] = [textAt(file, 'metadata', 'name') ?? '', textAt(file, 'metadata', 'namespace') ?? ''];
  const isOn = (scope: string) => textAt(file, 'metadata', 'annotations', `${annotation}${scope}-wide`) === 'true';
  return Buffer.from(isOn('cluster') ? '' : isOn('namespace') ? namespace : `${namespace}/${name}`);
}

function entriesOf(file: YAMLMap) {
  const data = member(file, 'spec', 'encryptedData');
  if (!isMap(data) || data.items.length === 0)
    throw unsupported(
      'This SealedSecret has no `spec.encryptedData`.',
      'The older form with `spec.data` is not read: seal it anew with `kubeseal`.',
    );
  if (data.items.length > mostValues) throw broken(`it has more than ${mostValues} values`);
  return data.items.map(pair => {
    if (!isScalar(pair.value) || typeof pair.value.value !== 'string') throw broken(`its entry \`${keyOf(pair)}\` is no text`);
    return { name: keyOf(pair), at: pair.value, sealed: Buffer.from(pair.value.value, 'base64') };
  });
}

/** Two bytes with the length of the wrapped key, that key (RSA-OAEP with SHA-256 and the label), the value (AES-256-GCM), its tag. */
function open(sealed: Buffer, keys: readonly KeyObject[], oaepLabel: Buffer): Buffer {
  const start = 2 + (sealed.length < 2 ? 0 : sealed.readUInt16BE(0));
  if (sealed.length < start + 16) throw broken('one of its values is cut off');
  const session = sessionKey(sealed.subarray(2, start), keys, oaepLabel);
  try {
    const decipher = createDecipheriv('aes-256-gcm', session, nonce, { authTagLength: 16 });
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(start, -16)), decipher.final()]);
  } catch {
    throw broken('one of its values was changed or damaged');
  }
}

function sessionKey(wrapped: Buffer, keys: readonly KeyObject[], oaepLabel: Buffer): Buffer {
  for (const key of keys)
    try {
      const session = privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel }, wrapped);
      if (session.length === 32) return session;
    } catch {
      // Another key, another name or a damaged text: RSA-OAEP does not tell which.
    }
  throw foreignKey('It is sealed to another key, or for another name or namespace than stands in it.');
}

/** Where a SealedSecret holds. */
export interface Scope {
  readonly name: string;
  readonly namespace: string;
}

/** The public key of a certificate as `kubeseal --fetch-cert` prints it. Throws `sealing/bad-certificate`. */
export function certificateKey(pem: string): KeyObject {
  try {
    const key = createPublicKey(
      pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'pem' }) : pem,
    );
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Said below, without the library's words.
  }
  throw new Fault('sealing/bad-certificate', 'The certificate for SealedSecrets is no PEM certificate with an RSA key.', {
    remedy: 'Fetch it with `kubeseal --fetch-cert`.',
  });
}

function wrap(value: Uint8Array, key: KeyObject, oaepLabel: Buffer): string {
  const session = randomBytes(32);
  const wrapped = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel }, session);
  const cipher = createCipheriv('aes-256-gcm', session, nonce, { authTagLength: 16 });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrapped.length);
  return Buffer.concat([length, wrapped, cipher.update(value), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** A SealedSecret of the scope `strict` that the controller with this certificate opens, and we with its key. */
export function sealSealedSecret(values: Opened, certificate: string, { name, namespace }: Scope): string {
  const key = certificateKey(certificate);
  const label = Buffer.from(`${namespace}/${name}`);
  const encryptedData = Object.fromEntries(
    [...values].map(([entry, value]) => [entry, wrap(Buffer.from(value.reveal()), key, label)]),
  );
  const metadata = { name, namespace };
  const sealed = {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata,
    spec: { encryptedData, template: { metadata: { ...metadata } } },
  };
  return stringify(sealed, { lineWidth: 0 });
}

/** The same file for another certificate; everything but the values keeps its bytes. */
export function resealSealedSecret(text: string, keys: readonly KeyObject[], certificate: string): string {
  const file = readMarked(text);
  const label = labelOf(file);
  const key = certificateKey(certificate);
  return replaced(
    text,
    entriesOf(file).map(({ at, sealed }) => ({ at, by: wrap(open(sealed, keys, label), key, label) })),
  );
}
