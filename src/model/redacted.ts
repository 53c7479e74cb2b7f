const hidden = new WeakMap<object, string>();

/** A secret that cannot be printed, logged or serialised by accident: every textual form of it says `<redacted>`. `reveal` is the one way to the value. */
export class Redacted {
  constructor(value: string) {
    hidden.set(this, value);
  }
  reveal(): string {
    return hidden.get(this) as string;
  }
  toString(): string {
    return '<redacted>';
  }
  toJSON(): string {
    return '<redacted>';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '<redacted>';
  }
}

/** Where a secret is kept; safe to print. */
export type SecretReference =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly store: string; readonly key: string };
