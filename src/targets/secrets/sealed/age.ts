import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import { broken, foreignKey } from './faults.ts';

/** Loaded with the first sealed text: most commands need none. */
const age = () => import('age-encryption');

export const isAge = (text: string): boolean => text.trimStart().startsWith('-----BEGIN AGE ENCRYPTED FILE-----');

/** What one armoured text of https://age-encryption.org/v1 holds. */
export async function openAge(text: string, identities: readonly Redacted[]): Promise<Uint8Array> {
  const { armor, Decrypter } = await age();
  let sealed: Uint8Array;
  try {
    sealed = armor.decode(text);
  } catch {
    throw broken('its age armour is damaged');
  }
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity.reveal());
  try {
    return await decrypter.decrypt(sealed);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no identity matched')) throw foreignKey();
    throw broken('its age text is damaged or cut off');
  }
}

/** Bytes as the text that they are; a store of secrets keeps texts. */
export function textOf(bytes: Uint8Array): Redacted {
  try {
    return new Redacted(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw broken('its value is no UTF-8 text');
  }
}

/** An armoured text that only the holders of these recipients' identities can open. */
export async function sealAge(value: Uint8Array, recipients: readonly string[]): Promise<string> {
  const { armor, Encrypter } = await age();
  const encrypter = new Encrypter();
  for (const recipient of recipients)
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new Fault('sealing/bad-recipient', `\`${recipient.slice(0, 80)}\` is no age recipient.`, {
        remedy: 'A recipient begins with `age1`; `kaas secret rotate-key` prints one.',
      });
    }
  return armor.encode(await encrypter.encrypt(value));
}
