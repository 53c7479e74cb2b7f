import { createCipheriv, createDecipheriv, createHash, type Hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { broken } from './faults.ts';

const form = /^ENC\[AES256_GCM,data:([A-Za-z0-9+/=]+),iv:([A-Za-z0-9+/=]+),tag:([A-Za-z0-9+/=]+),type:(\w+)\]$/;

export const isEncrypted = (text: string): boolean => text.startsWith('ENC[AES256_GCM,');

export const isComment = (text: string): boolean => isEncrypted(text) && text.endsWith(',type:comment]');

/** One value of a SOPS file: AES-256-GCM with a nonce of 32 bytes, bound to its path. */
export function decryptValue(text: string, key: Uint8Array, bound: string): { bytes: Buffer; type: string } {
  const [, data = '', iv = '', tag = '', type = ''] = form.exec(text) ?? [];
  if (type === '') throw broken('one of its values is damaged');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(bound)).setAuthTag(Buffer.from(tag, 'base64'));
    return { bytes: Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]), type };
  } catch {
    throw broken('one of its values was changed, moved or damaged');
  }
}

export function encryptValue(value: Uint8Array, key: Uint8Array, bound: string): string {
  if (value.length === 0) return '';
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(bound));
  const data = Buffer.concat([cipher.update(value), cipher.final()]);
  const [inData, inIv, inTag] = [data, iv, cipher.getAuthTag()].map(each => each.toString('base64'));
  return `ENC[AES256_GCM,data:${inData},iv:${inIv},tag:${inTag},type:str]`;
}

/** The code over all values of a file, in their order: SHA-512 in capitals. Over the encrypted ones alone it begins with SHA-256 of `sops`, so that the two never equal each other. */
export function startMac(onlyEncrypted: boolean): Hash {
  const hash = createHash('sha512');
  return onlyEncrypted ? hash.update(createHash('sha256').update('sops').digest()) : hash;
}

export const macText = (hash: Hash): string => hash.digest('hex').toUpperCase();

export function requireMac(expected: Uint8Array, hash: Hash): void {
  const found = Buffer.from(macText(hash));
  if (expected.length !== found.length || !timingSafeEqual(expected, found))
    throw broken('its message authentication code does not hold: somebody changed, added or removed a value without SOPS');
}
