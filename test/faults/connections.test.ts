import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { KafkaConnection } from '#ports/connection.ts';
import { openKafka } from '#targets/kafka/index.ts';
import { manifest, run, testLandscape } from '../landscape.ts';
import {
  type Address,
  nobody,
  robot,
  type SecureKafka,
  startSecureKafka,
  startSilence,
  startTokenEndpoint,
} from '../secure-kafka.ts';

type Connection = Omit<KafkaConnection, 'label'>;

/** Longest time until a person is told that a cluster cannot be reached. */
const patienceMs = 10_000;

describe.skipIf(process.env.KAAS_TEST_STACK === 'off')('connections to a Kafka', () => {
  let kafka: SecureKafka;
  let tokens: Address;

  beforeAll(async () => {
    tokens = await startTokenEndpoint();
    kafka = await startSecureKafka();
  }, 120_000);
  afterAll(async () => {
    await kafka?.[Symbol.asyncDispose]();
    await tokens?.[Symbol.asyncDispose]();
  });

  const at = (port: number) => ({ bootstrapServers: [`127.0.0.1:${port}`] });
  const open = (): Connection => ({ bootstrapServers: [kafka.address('PLAIN_TEXT')], protocol: 'PLAINTEXT' });
  const tls = (): Connection => ({ bootstrapServers: [kafka.address('TLS')], protocol: 'SSL', tls: { ca: kafka.ca } });
  const mutual = ({ certificate, key } = kafka.client): Connection => ({
    bootstrapServers: [kafka.address('MUTUAL')],
    protocol: 'SSL',
    tls: { ca: kafka.ca, certificate, key: new Redacted(key) },
  });
  const scram = (password = kafka.admin.password): Connection => ({
    bootstrapServers: [kafka.address('SCRAM_TLS')],
    protocol: 'SASL_SSL',
    mechanism: 'SCRAM-SHA-512',
    username: kafka.admin.user,
    password: new Redacted(password),
    tls: { ca: kafka.ca },
  });
  const plain = (password = robot.secret): Connection => ({
    bootstrapServers: [kafka.address('WORD')],
    protocol: 'SASL_PLAINTEXT',
    mechanism: 'PLAIN',
    username: robot.name,
    password: new Redacted(password),
  });
  const bearer = (secret = robot.secret, path = 'token', port = tokens.port): Connection => ({
    bootstrapServers: [kafka.address('TOKEN')],
    protocol: 'SASL_PLAINTEXT',
    mechanism: 'OAUTHBEARER',
    oauth: { tokenEndpoint: `http://127.0.0.1:${port}/${path}`, clientId: robot.name, clientSecret: new Redacted(secret) },
  });
  const guarded = (): Connection => ({ ...scram(), bootstrapServers: [kafka.address('GUARDED')] });

  describe('reach a broker, and a plan reads it', () => {
    test.for<[string, () => Connection]>([
      ['over PLAINTEXT', open],
      ['over TLS with an own certificate authority', tls],
      ['over TLS by host name', () => ({ ...tls(), bootstrapServers: [kafka.address('TLS').replace('127.0.0.1', 'localhost')] })],
      ['over TLS with a client certificate', () => mutual()],
      ['with SCRAM over TLS', () => scram()],
      ['with SCRAM over TLS that asks for a client certificate too', () => ({ ...guarded(), tls: mutual().tls ?? {} })],
      ['with PLAIN', () => plain()],
      ['with OAUTHBEARER', () => bearer()],
      [
        'through the second address when the first is dead',
        () => ({ ...open(), bootstrapServers: [`127.0.0.1:1`, kafka.address('PLAIN_TEXT')] }),
      ],
    ])('%s', async ([, connection]) => {
      await using opened = await openKafka({ label: 'main', ...connection() });
      expect((await opened.describeCluster()).brokers).toHaveLength(1);
      const { code, plan } = await planThrough(connection());
      expect(plan).toMatchObject({ problems: [], changes: [{ action: 'create', name: 'shop.orders' }] });
      expect(code).toBe(0);
    });
  });

  describe('that fail say why and what to do, within ten seconds, and nothing crashes', () => {
    test.for<[string, () => Connection | Promise<Connection>, string, RegExp]>([
      ['a wrong SCRAM password', () => scram('hunter2'), 'kafka/wrong-credentials', /password/],
      ['a wrong PLAIN password', () => plain('hunter2'), 'kafka/wrong-credentials', /password/],
      [
        'a mechanism that the listener does not offer',
        () => ({ ...plain(), mechanism: 'SCRAM-SHA-256' }),
        'kafka/wrong-credentials',
        /mechanism/,
      ],
      ['a wrong OAuth client secret', () => bearer('hunter2'), 'kafka/wrong-credentials', /clientSecret/],
      ['an expired OAuth token', () => bearer(robot.secret, 'expired'), 'kafka/wrong-credentials', /token/],
      [
        'a token endpoint that answers with a page',
        () => bearer(robot.secret, 'page'),
        'kafka/wrong-credentials',
        /tokenEndpoint/,
      ],
      [
        'a token endpoint where nobody listens',
        async () => bearer(robot.secret, 'token', await nobody()),
        'kafka/token-endpoint-unreachable',
        /tokenEndpoint/,
      ],
      [
        'a token endpoint that never answers',
        async () => bearer(robot.secret, 'token', await silence()),
        'kafka/token-endpoint-unreachable',
        /tokenEndpoint/,
      ],
      ['an address where nobody listens', async () => ({ ...open(), ...at(await nobody()) }), 'kafka/unreachable', /address/],
      [
        'a host name that does not exist',
        () => ({ ...open(), bootstrapServers: ['kafka.invalid:9092'] }),
        'kafka/unreachable',
        /address/,
      ],
      [
        'a listener that never answers, over PLAINTEXT',
        async () => ({ ...open(), ...at(await silence()) }),
        'kafka/unreachable',
        /address/,
      ],
      [
        'a listener that never answers, over TLS',
        async () => ({ ...tls(), ...at(await silence()) }),
        'kafka/unreachable',
        /address/,
      ],
      [
        'a listener that never answers, with a login',
        async () => ({ ...plain(), ...at(await silence()) }),
        'kafka/unreachable',
        /address/,
      ],
      [
        'a listener that never answers, with a login over TLS',
        async () => ({ ...scram(), ...at(await silence()) }),
        'kafka/unreachable',
        /address/,
      ],
      [
        'a certificate of an authority that we do not know',
        () => ({ ...tls(), tls: {} }),
        'kafka/untrusted-certificate',
        /tls\.ca/,
      ],
      [
        'a certificate of another authority than ours',
        () => ({ ...tls(), tls: { ca: kafka.strangeCa } }),
        'kafka/untrusted-certificate',
        /tls\.ca/,
      ],
      ['an untrusted certificate before a login', () => ({ ...scram(), tls: {} }), 'kafka/untrusted-certificate', /tls\.ca/],
      [
        'an authority that is no certificate',
        () => ({ ...tls(), tls: { ca: 'no certificate' } }),
        'kafka/untrusted-certificate',
        /tls\.ca/,
      ],
      ['a missing client certificate', () => ({ ...mutual(), tls: { ca: kafka.ca } }), 'kafka/tls-failed', /client certificate/],
      [
        "a client certificate of another authority than the broker's",
        () => mutual(kafka.strangeClient),
        'kafka/tls-failed',
        /client certificate/,
      ],
      ['a missing client certificate before a login over TLS 1.3', guarded, 'kafka/tls-failed', /client certificate/],
      ['PLAINTEXT to a TLS port', () => ({ ...tls(), protocol: 'PLAINTEXT' }), 'kafka/tls-failed', /protocol/],
      ['a login without TLS to a TLS port', () => ({ ...scram(), protocol: 'SASL_PLAINTEXT' }), 'kafka/tls-failed', /protocol/],
      ['TLS to a PLAINTEXT port', () => ({ ...tls(), ...open(), protocol: 'SSL' }), 'kafka/tls-failed', /protocol/],
      ['PLAINTEXT to a port that wants a login', () => ({ ...plain(), protocol: 'PLAINTEXT' }), 'kafka/unreachable', /protocol/],
    ])('%s', async ([, connecting, code, remedy]) => {
      const connection = await connecting();
      const started = Date.now();
      const fault = await openKafka({ label: 'main', ...connection }).then(
        () => expect.fail('was let in'),
        error => error,
      );
      expect(Date.now() - started).toBeLessThan(patienceMs);
      expect(fault).toBeInstanceOf(Fault);
      expect(fault).toMatchObject({ code, remedy: expect.stringMatching(remedy) });
      expect(`${fault.message} ${fault.remedy}`).not.toContain('hunter2');

      const { code: exit, plan, stderr, took } = await planThrough(connection);
      expect(exit).toBe(1);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(plan.problems).toMatchObject([
        { code: 'plan/unreachable', message: expect.stringContaining(code), hint: expect.stringMatching(remedy) },
      ]);
      expect(JSON.stringify(plan)).not.toContain('hunter2');
      expect(took).toBeLessThan(patienceMs + 2_000);
    });
  });
});

/** The port of a listener that lives as long as the test. */
async function silence(): Promise<number> {
  const address = await startSilence();
  onTestFinished(() => address[Symbol.asyncDispose]());
  return address.port;
}

/** `kaas plan` for one topic, with this connection written down in the landscape and its secrets in the environment of the command. */
async function planThrough(connection: Connection) {
  const environment: Record<string, string> = {};
  const secret = (value: Redacted | string | undefined, name: string) => {
    if (value === undefined) return undefined;
    environment[name] = typeof value === 'string' ? value : value.reveal();
    return { env: name };
  };
  const { password, tls, oauth, ...rest } = connection;
  const written = {
    ...rest,
    password: secret(password, 'SECURE_PASSWORD'),
    tls: tls && {
      ca: secret(tls.ca, 'SECURE_CA'),
      certificate: secret(tls.certificate, 'SECURE_CERTIFICATE'),
      key: secret(tls.key, 'SECURE_KEY'),
    },
    oauth: oauth && { ...oauth, clientSecret: secret(oauth.clientSecret, 'SECURE_CLIENT_SECRET') },
  };
  const landscape = testLandscape({ cluster: { connection: written } });
  landscape.write('tenants/shop/all.yaml', manifest('Topic', 'shop.orders', {}));
  const started = Date.now();
  const { code, stdout, stderr } = await run(landscape.directory, ['plan', 'dev', '-o', 'json'], environment);
  return { code, plan: JSON.parse(stdout), stderr, took: Date.now() - started };
}
