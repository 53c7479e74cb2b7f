import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { KafkaConnection } from '#ports/connection.ts';
import { openKafka } from '#targets/kafka/index.ts';
import { bootstrapServers, type LocalKafka, startKafka, stopKafka } from '#targets/processes/index.ts';
import { type Authority, type Certificate, makeAuthority } from '../certificates.ts';

const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

describe.skipIf(process.env.KAAS_TEST_STACK === 'off')('every way to log in to a Kafka', () => {
  const directory = mkdtempSync(join(parent, 'kaas-connections-'));
  let [authority, client, cluster, tokens] = [] as unknown as [Authority, Certificate, LocalKafka, Server];

  beforeAll(async () => {
    // Since Kafka 4.0 a broker fetches keys only from addresses that its Java was told of.
    vi.stubEnv('JAVA_TOOL_OPTIONS', `-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file://${join(directory, 'keys.json')}`);
    authority = makeAuthority(directory);
    client = authority.issue('kaas');
    tokens = await tokenServer(directory);
    const { certificate, key } = authority.issue('localhost');
    const tls = {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.certificate.chain': certificate,
      'ssl.keystore.key': key,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': authority.ca,
    };
    const bearer = 'org.apache.kafka.common.security.oauthbearer';
    cluster = await startKafka({
      directory: join(directory, 'cluster'),
      name: 'doors',
      brokers: 1,
      settings: { 'super.users': 'User:admin;User:ANONYMOUS;User:CN=kaas;User:robot' },
      extraListeners: [
        { name: 'OPEN', protocol: 'PLAINTEXT' },
        { name: 'ENCRYPTED', protocol: 'SSL', settings: tls },
        { name: 'MUTUAL', protocol: 'SSL', settings: { ...tls, 'ssl.client.auth': 'required' } },
        {
          name: 'SCRAM',
          protocol: 'SASL_SSL',
          mechanism: 'SCRAM-SHA-512',
          settings: {
            ...tls,
            'scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
          },
        },
        {
          name: 'WORD',
          protocol: 'SASL_SSL',
          mechanism: 'PLAIN',
          settings: {
            ...tls,
            'plain.sasl.jaas.config': 'org.apache.kafka.common.security.plain.PlainLoginModule required user_robot="beep";',
          },
        },
        {
          name: 'TOKEN',
          protocol: 'SASL_PLAINTEXT',
          mechanism: 'OAUTHBEARER',
          settings: {
            'oauthbearer.sasl.jaas.config': `${bearer}.OAuthBearerLoginModule required;`,
            'oauthbearer.sasl.server.callback.handler.class': `${bearer}.OAuthBearerValidatorCallbackHandler`,
            'oauthbearer.sasl.oauthbearer.jwks.endpoint.url': `file://${join(directory, 'keys.json')}`,
            'oauthbearer.sasl.oauthbearer.expected.audience': 'kafka',
          },
        },
      ],
    });
  }, 120_000);

  afterAll(async () => {
    vi.unstubAllEnvs();
    tokens?.close();
    await stopKafka(join(directory, 'cluster'), { forget: true });
    rmSync(directory, { recursive: true, force: true });
  });

  const brokersBehind = async (listener: string, rest: Omit<KafkaConnection, 'label' | 'bootstrapServers'>): Promise<number> => {
    await using kafka = await openKafka({ label: listener, bootstrapServers: bootstrapServers(cluster, listener), ...rest });
    return (await kafka.describeCluster()).brokers.length;
  };
  const refusal = (promise: Promise<unknown>): Promise<Fault> =>
    promise.then(
      () => expect.fail('was let in'),
      error => error,
    );
  const oauth = (secret: string) => ({
    tokenEndpoint: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/token`,
    clientId: 'robot',
    clientSecret: new Redacted(secret),
  });

  test('PLAINTEXT', async () => {
    expect(await brokersBehind('OPEN', { protocol: 'PLAINTEXT' })).toBe(1);
  });

  test('TLS with an own certificate authority; without it the server is not trusted', async () => {
    expect(await brokersBehind('ENCRYPTED', { protocol: 'SSL', tls: { ca: authority.ca } })).toBe(1);
    expect((await refusal(brokersBehind('ENCRYPTED', { protocol: 'SSL' }))).code).toMatch(/^kafka\//);
  });

  test('mutual TLS; without a certificate nobody is let in', async () => {
    const tls = { ca: authority.ca, certificate: client.certificate, key: new Redacted(client.key) };
    expect(await brokersBehind('MUTUAL', { protocol: 'SSL', tls })).toBe(1);
    expect((await refusal(brokersBehind('MUTUAL', { protocol: 'SSL', tls: { ca: authority.ca } }))).code).toMatch(/^kafka\//);
  });

  test('SASL SCRAM over TLS; a wrong password is said as such and not shown', async () => {
    const login = { protocol: 'SASL_SSL', mechanism: 'SCRAM-SHA-512', username: 'admin', tls: { ca: authority.ca } } as const;
    expect(await brokersBehind('SCRAM', { ...login, password: cluster.adminPassword })).toBe(1);
    const fault = await refusal(brokersBehind('SCRAM', { ...login, password: new Redacted('hunter2') }));
    expect(fault.code).toBe('kafka/wrong-credentials');
    expect(fault.message).not.toContain('hunter2');
  });

  test('SASL PLAIN over TLS', async () => {
    const login = { protocol: 'SASL_SSL', mechanism: 'PLAIN', username: 'robot', tls: { ca: authority.ca } } as const;
    expect(await brokersBehind('WORD', { ...login, password: new Redacted('beep') })).toBe(1);
    expect(await refusal(brokersBehind('WORD', { ...login, password: new Redacted('hunter2') }))).toMatchObject({
      code: 'kafka/wrong-credentials',
    });
  });

  test('OAUTHBEARER by client credentials; a wrong client secret is refused by the token endpoint', async () => {
    const login = { protocol: 'SASL_PLAINTEXT', mechanism: 'OAUTHBEARER' } as const;
    expect(await brokersBehind('TOKEN', { ...login, oauth: oauth('beep') })).toBe(1);
    expect(await refusal(brokersBehind('TOKEN', { ...login, oauth: oauth('hunter2') }))).toMatchObject({
      code: expect.stringMatching(/^kafka\//),
    });
  });
});

/** Gives out signed tokens for the client `robot` with the secret `beep`, and writes the public key where the broker reads it. */
async function tokenServer(directory: string): Promise<Server> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'RS256', use: 'sig' };
  writeFileSync(join(directory, 'keys.json'), JSON.stringify({ keys: [key] }));
  const allowed = `Basic ${Buffer.from('robot:beep').toString('base64')}`;
  const server = createServer((request, response) => {
    const ok = request.headers.authorization === allowed;
    response.writeHead(ok ? 200 : 401, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        ok ? { access_token: token(privateKey), token_type: 'Bearer', expires_in: 600 } : { error: 'invalid_client' },
      ),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function token(privateKey: KeyObject): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: 'robot', aud: 'kafka', iss: 'test', iat: now, exp: now + 600, scope: 'kafka' };
  const content = `${part({ alg: 'RS256', kid: 'test', typ: 'JWT' })}.${part(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
}
