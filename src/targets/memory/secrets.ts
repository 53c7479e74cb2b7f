import type { Redacted } from '#model/redacted.ts';
import type { Secrets } from '#ports/secrets.ts';

/** The port `Secrets` in memory; two on one map see each other's writes. */
export function memorySecrets(values: Map<string, Redacted> = new Map()): Secrets {
  return {
    async get(key) {
      return values.get(key);
    },
    async put(key, value) {
      values.set(key, value);
    },
    async putAll(added) {
      for (const [key, value] of added) values.set(key, value);
    },
    async delete(key) {
      values.delete(key);
    },
    async keys() {
      return [...values.keys()].sort();
    },
  };
}
