import { expect, test } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import type { ClusterPorts } from '../kind.ts';
import { readSecrets } from './secret-values.ts';

const odd = 'p"a\\s\'x\n${y}';
const store = (values: ReadonlyMap<string, Redacted>) => ({
  getAll: async (keys: readonly string[]) => new Map(keys.flatMap(key => (values.has(key) ? [[key, values.get(key)]] : []))),
});
const ports = {
  secrets: () =>
    store(
      new Map(
        [
          ['t/odd', odd],
          ['t/plain', 'plain-9'],
        ].map(([key, value]) => [key as string, new Redacted(value as string)]),
      ),
    ),
} as unknown as ClusterPorts;
const names = ['local.t/odd', 'local.t/plain'];
const login = (secret: string) => `org.example.ScramLoginModule required username="u" password="\${secret.local.t/${secret}}";`;

test('a value within the quotes of a JAAS login is quoted as Kafka reads it back, elsewhere it stays as it is', async () => {
  const secrets = await readSecrets(ports, names, undefined);
  expect(secrets.sent(login('odd'))).toBe(
    'org.example.ScramLoginModule required username="u" password="p\\"a\\\\s\\\'x\\n${y}";',
  );
  expect(secrets.sent(login('plain'))).toContain('password="plain-9";');
  expect(secrets.sent('${secret.local.t/odd}')).toBe(odd);
  expect(secrets.sent('{"password": "${secret.local.t/odd}"}')).toBe(`{"password": "${odd}"}`);
  expect(secrets.veiled(`no: ${secrets.sent(login('odd'))}`)).toBe(`no: ${login('odd')}`);
});

test('workers that read a place of ours find the quoted value under a name of its own', async () => {
  const put = new Map<string, Redacted>();
  const places = { reference: (secret: string) => `\${file:/x:${secret}}`, place: store(put) as never };
  const before = await readSecrets(ports, names, places);
  expect(before.sent(login('odd'))).toContain('password="${file:/x:jaas:local.t/odd}";');
  expect(before.sent(login('plain'))).toContain('password="${file:/x:local.t/plain}";');
  expect(before.placed(login('odd'))).toBe(false);
  for (const [name, value] of before.toPlace([login('odd'), '${secret.local.t/odd}'])) put.set(name, value);
  expect([...put].map(([name, value]) => [name, value.reveal()])).toEqual([
    ['jaas:local.t/odd', 'p"a\\s\'x\n'.replace(/["'\\]/g, '\\$&').replace('\n', '\\n') + '${y}'],
    ['local.t/odd', odd],
  ]);
  expect((await readSecrets(ports, names, places)).placed(login('odd'))).toBe(true);
});

test('a text of the workers that is cut within a value does not show its beginning', async () => {
  const secrets = await readSecrets(ports, names, undefined);
  expect(secrets.veiled('Invalid value plain-')).toBe('Invalid value ${secret.local.t/plain}');
  expect(secrets.veiled(`no: p"a\\s'x`)).toBe('no: ${secret.local.t/odd}');
  expect(secrets.veiled('This is explained plain')).toBe('This is explained plain');
});
