import type { Redacted } from '#model/redacted.ts';
import type { Secrets } from '#ports/secrets.ts';

/** The port `Secrets` in memory; two on one map see each other's writes. */
export function memorySecrets(values: Map<string, Redacted> = new Map()): Secrets {
  return {
    async get(key) {
      return values.get(key);
    },
    async getAll(keys) {
      return new Map(keys.flatMap(key => (values.has(key) ? [[key, values.get(key) as Redacted]] : [])));
    },
    async put(key, value) {
      values.set(key, value);
    },
    async putAll(added) {
      for (const [key, value] of added) values.set(key, value);
    },
    async deleteAll(keys) {
      for (const key of keys) values.delete(key);
    },
    async keys() {
      return [...values.keys()].sort();
    },
    async place(key) {
      return `${key}, in memory`;
    },
    async address(key) {
      return key;
    },
    async examine() {
      return 'in memory';
    },
  };
}
