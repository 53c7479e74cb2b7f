import { invariant } from '#model/invariant.ts';
import { canonicalJson } from '#model/json.ts';
import { Redacted } from '#model/redacted.ts';

const holdsSecret = (value: unknown): boolean =>
  value instanceof Redacted || (typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret));

/** Throws a `Bug` where a secret is about to be kept: what a store holds names secrets, it never carries them. */
const withoutSecrets = (text: string, value: unknown): string => {
  invariant(!text.includes('<redacted>') || !holdsSecret(value), 'A secret value was handed to the store.');
  return text;
};

/** The JSON text under which a value is kept. Refuses secrets (`Bug`). */
export const storedJson = (value: unknown): string => withoutSecrets(JSON.stringify(value ?? null), value);

/** The same with sorted keys, for texts that are hashed. */
export const canonicalStoredJson = (value: unknown): string => canonicalJson(JSON.parse(storedJson(value)));
