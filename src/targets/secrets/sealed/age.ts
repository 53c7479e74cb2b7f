import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import { broken, foreignKey } from './faults.ts';

/** Loaded with the first sealed text: most commands need none. */
const age = () => import('age-encryption');

export const isAge = (text: string): boolean => text.trimStart().startsWith('-----BEGIN AGE ENCRYPTED FILE-----');

/** Opens one armoured text of https://age-encryption.org/v1. */
export async function openAge(text: string, identities: readonly Redacted[]): Promise<Redacted> {
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
    return new Redacted(await decrypter.decrypt(sealed, 'text'));
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no identity matched')) throw foreignKey();
    throw broken('its age text is damaged or cut off');
  }
}

/** An armoured text that only the holders of these recipients' identities can open. */
export async function sealAge(value: Redacted | Uint8Array, recipients: readonly string[]): Promise<string> {
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
  return armor.encode(await encrypter.encrypt(value instanceof Redacted ? value.reveal() : value));
}
