import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redacted } from '#model/redacted.ts';
import type { SecretPlaces } from '#ports/connect.ts';
import type { Secrets } from '#ports/secrets.ts';
import { replaceFile } from './atomic-file.ts';
import { faultOfFile } from './file-faults.ts';
import { whileLocked } from './file-lock.ts';

/**
 * A file of Java properties that Connect workers on this machine read through Kafka's `FileConfigProvider` (KIP-297), below a folder that the worker's
 * `config.providers.file.param.allowed.paths` names. Keys are `STORE.KEY`. Only its owner can read it.
 */
export function providerFile(folder: string): SecretPlaces {
  const file = join(folder, 'secrets.properties');
  return { reference: secret => `\${file:${file}:${secret}}`, place: propertiesFile(file) };
}

function propertiesFile(file: string): Secrets {
  const read = async (): Promise<Map<string, Redacted>> => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw faultOfFile(`The secrets of the Connect workers in ${file}`, error);
    });
    return new Map(
      text
        .split('\n')
        .filter(line => line !== '')
        .map(entryOf),
    );
  };
  const change = (edit: (values: Map<string, Redacted>) => void): Promise<void> =>
    whileLocked(`${file}.lock`, async () => {
      const values = await read();
      edit(values);
      const lines = [...values].map(([key, value]) => `${escaped(key)}=${escaped(value.reveal())}\n`);
      await replaceFile(file, lines.join(''));
    });
  return {
    get: async key => (await read()).get(key),
    async getAll(keys) {
      const all = await read();
      return new Map(keys.flatMap(key => (all.has(key) ? [[key, all.get(key) as Redacted]] : [])));
    },
    put: (key, value) => change(values => void values.set(key, value)),
    putAll: added => change(values => added.forEach((value, key) => void values.set(key, value))),
    deleteAll: keys => change(values => keys.forEach(key => void values.delete(key))),
    keys: async () => [...(await read()).keys()].toSorted(),
    examine: async () => `${(await read()).size} secrets for the workers`,
    place: async key => `${file}, ${key}`,
    address: async key => `${file} ${key}`,
  };
}

/** As `java.util.Properties` reads it back: everything but plain letters, digits and a few signs as `\uXXXX`. */
const escaped = (text: string): string =>
  text.replace(/[^A-Za-z0-9._/-]/g, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

const plain = (text: string): string =>
  text.replace(/\\u([0-9a-f]{4})/g, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

function entryOf(line: string): [string, Redacted] {
  const sign = line.indexOf('=');
  return [plain(line.slice(0, sign)), new Redacted(plain(line.slice(sign + 1)))];
}
