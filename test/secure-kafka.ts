import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapServers, type ExtraListener, startKafka, stopKafka } from '#targets/processes/index.ts';
import { type Certificate, makeAuthority } from './certificates.ts';

const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** The one that may log in with PLAIN and as an OAuth client. */
export const robot = { name: 'robot', secret: 'beep-boop' };

/** One broker with a listener for every way to log in. Whoever gets in is a super user. */
export interface SecureKafka extends AsyncDisposable {
  readonly admin: { readonly user: string; readonly password: string };
  /** What signed the broker's certificate. */
  readonly ca: string;
  /** The private key of that authority, which the brokers trust for clients too. */
  readonly caKey: string;
  /** An authority that nobody here was signed by. */
  readonly strangeCa: string;
  readonly client: Certificate;
  /** A client certificate of the strange authority. */
  readonly strangeClient: Certificate;
  address(listener: ListenerName): string;
}

export type ListenerName = 'PLAIN_TEXT' | 'TLS' | 'MUTUAL' | 'SCRAM_TLS' | 'WORD' | 'TOKEN' | 'GUARDED';

export async function startSecureKafka(): Promise<SecureKafka> {
  const directory = mkdtempSync(join(parent, 'kaas-secure-'));
  const folder = join(directory, 'cluster');
  const stop = async () => {
    await stopKafka(folder, { forget: true });
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const authority = makeAuthority(directory);
    const strange = makeAuthority(mkdtempSync(join(directory, 'strange-')));
    const kafka = await startKafka({
      directory: folder,
      name: 'secure',
      brokers: 1,
      settings: { 'super.users': `User:admin;User:ANONYMOUS;User:CN=kaas;User:${robot.name}` },
      extraListeners: listeners(authority.issue('localhost'), authority.ca),
    });
    return {
      admin: { user: kafka.adminUser, password: kafka.adminPassword.reveal() },
      ca: authority.ca,
      caKey: authority.key,
      strangeCa: strange.ca,
      client: authority.issue('kaas'),
      strangeClient: strange.issue('kaas'),
      address: listener => bootstrapServers(kafka, listener)[0] as string,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listeners({ certificate, key }: Certificate, ca: string): (ExtraListener & { readonly name: ListenerName })[] {
  const security = 'org.apache.kafka.common.security';
  const tls = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': certificate,
    'ssl.keystore.key': key,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': ca,
  };
  const scram = { 'scram-sha-512.sasl.jaas.config': `${security}.scram.ScramLoginModule required;` };
  const asksForCertificate = { 'ssl.client.auth': 'required' };
  return [
    { name: 'PLAIN_TEXT', protocol: 'PLAINTEXT' },
    { name: 'TLS', protocol: 'SSL', settings: tls },
    { name: 'MUTUAL', protocol: 'SSL', settings: { ...tls, ...asksForCertificate } },
    { name: 'SCRAM_TLS', protocol: 'SASL_SSL', mechanism: 'SCRAM-SHA-512', settings: { ...tls, ...scram } },
    {
      name: 'WORD',
      protocol: 'SASL_PLAINTEXT',
      mechanism: 'PLAIN',
      settings: {
        'plain.sasl.jaas.config': `${security}.plain.PlainLoginModule required user_${robot.name}="${robot.secret}";`,
      },
    },
    {
      name: 'TOKEN',
      protocol: 'SASL_PLAINTEXT',
      mechanism: 'OAUTHBEARER',
      settings: { 'oauthbearer.sasl.jaas.config': `${security}.oauthbearer.OAuthBearerLoginModule required;` },
    },
    {
      name: 'GUARDED',
      protocol: 'SASL_SSL',
      mechanism: 'SCRAM-SHA-512',
      settings: { ...tls, ...scram, ...asksForCertificate, 'ssl.enabled.protocols': 'TLSv1.3' },
    },
  ];
}

/** An address on the loopback interface that somebody of this test answers, or does not. */
export interface Address extends AsyncDisposable {
  readonly port: number;
}

/** Gives an unsigned token to the robot, which the broker's own unsecured validator accepts; `expired` ones are refused by it. */
export function startTokenEndpoint(): Promise<Address> {
  const allowed = `Basic ${Buffer.from(`${robot.name}:${robot.secret}`).toString('base64')}`;
  const server = createHttpServer((request, response) => {
    const known = request.method === 'POST' && request.headers.authorization === allowed;
    const token = unsignedToken(request.url === '/expired' ? -3_600 : 600);
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
    response.end(
      request.url === '/page' ? '<html>' : JSON.stringify(known ? { access_token: token } : { error: 'invalid_client' }),
    );
  });
  return listening(server);
}

function unsignedToken(secondsLeft: number): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: robot.name, iat: now - 7_200, exp: now + secondsLeft, scope: 'kafka' })}.`;
}

/** Lets everybody in and never says a word. */
export function startSilence(): Promise<Address> {
  return listening(createServer(socket => void socket.on('error', () => {}).resume()));
}

/** An address where nobody listens any more. */
export async function nobody(): Promise<number> {
  await using address = await startSilence();
  return address.port;
}

async function listening(server: Server): Promise<Address> {
  const open = new Set<Socket>();
  server.on('connection', socket => open.add(socket));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
