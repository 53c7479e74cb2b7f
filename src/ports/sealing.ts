import type { Redacted } from '#model/redacted.ts';

/** The formats in which a secret may stand in Git. */
export const sealedFormats = ['age', 'sops', 'sealed-secret'] as const;
export type SealedFormat = (typeof sealedFormats)[number];

/** Values by their name; a text that is one value alone has it under the empty name. */
export type Opened = ReadonlyMap<string, Redacted>;

/** To whom a text is sealed: public keys only. */
export interface Recipients {
  /** Of age, `age1…`; all of them can open the text. */
  readonly age: readonly string[];
  /** PEM texts for SealedSecrets; the first is sealed to. */
  readonly certificates: readonly string[];
}

export interface SealOrder {
  readonly format: SealedFormat;
  readonly to: Recipients;
  /** Whose document will hold it; null: the platform. */
  readonly tenant: string | null;
  /** `metadata.name` of that document. */
  readonly name: string;
}

/**
 * Opens and makes sealed texts with the keys of this machine, which no caller ever sees. Throws a `Fault` (`sealing/…`) that names what is wrong and
 * never quotes what was opened: a text that is broken, too large, or sealed to keys that are not here; no key at all.
 */
export interface Sealing {
  /** `tenant` is whose document holds the text (null: the platform); one that says for whom it was sealed is opened for nobody else. */
  open(text: string, tenant: string | null): Promise<Opened>;
  /** A digest that only who has this machine's key can compute, so that a value can be compared where it may not be told. `place` is part of it. */
  digest(place: string, value: Redacted): Promise<string>;
  /** Needs no private key. An age text holds one value. */
  seal(values: Opened, order: SealOrder): Promise<string>;
  /** The same values in the same format for these recipients; of a file everything else stays as it stands. */
  reseal(text: string, to: Recipients): Promise<string>;
  /** Makes a new identity that comes first from now on, and keeps the others for what was sealed to them. Returns its recipient. */
  makeKey(): Promise<string>;
}
