import { expect, test } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import { clusterLogins } from './cluster-logins.ts';

const login = (connection: object) =>
  clusterLogins({
    clusters: new Map([['away', { connection: { bootstrapServers: ['a:1', 'b:2'], ...connection } }]]),
    directory: name => `/nowhere/${name}`,
    read: async reference => new Redacted('env' in reference ? reference.env : 'other'),
  })('KafkaCluster/away');

const values = async (connection: object) => {
  const store = login(connection);
  const found = (await store?.getAll((await store?.keys()) ?? [])) ?? new Map<string, Redacted>();
  return Object.fromEntries([...found].map(([key, value]) => [key, value.reveal()]));
};

test.each([
  ['SCRAM-SHA-256', 'scram.ScramLoginModule'],
  ['PLAIN', 'plain.PlainLoginModule'],
])('a login by %s is one JAAS line, whatever signs the password has', async (mechanism, module) => {
  const found = await values({ protocol: 'SASL_SSL', mechanism, username: 'mirror', password: { env: 'a"b\\c' } });
  expect(found).toEqual({
    'bootstrap.servers': 'a:1,b:2',
    'sasl.jaas.config': `org.apache.kafka.common.security.${module} required username="mirror" password="a\\"b\\\\c";`,
  });
});

test('a login by token names client and scope, one by certificate its PEM texts', async () => {
  const oauth = { tokenEndpoint: 'https://t', clientId: 'mirror', clientSecret: { env: 'shh' }, scope: 'kafka' };
  expect((await values({ protocol: 'SASL_SSL', mechanism: 'OAUTHBEARER', oauth }))['sasl.jaas.config']).toBe(
    'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="mirror" clientSecret="shh" scope="kafka";',
  );
  const tls = { ca: { env: 'CA' }, certificate: { env: 'CERT' }, key: { env: 'KEY' } };
  expect(await values({ protocol: 'SSL', tls })).toEqual({
    'bootstrap.servers': 'a:1,b:2',
    'ssl.truststore.certificates': 'CA',
    'ssl.keystore.certificate.chain': 'CERT',
    'ssl.keystore.key': 'KEY',
  });
});

test('a login is read only, and no other store is one', async () => {
  await expect(login({})?.put('sasl.jaas.config', new Redacted('x'))).rejects.toThrow(/cannot be written/);
  const none = clusterLogins({ clusters: new Map(), directory: () => '', read: () => Promise.reject(new Error()) });
  expect([none('local'), none('KafkaCluster/unknown')]).toEqual([undefined, undefined]);
});
