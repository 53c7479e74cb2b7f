import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kafkaToolAs, type Login, produceAs } from '../kafka-tools.ts';
import { manifest, type TestLandscape, testLandscape } from '../landscape.ts';
import { type SecureKafka, startSecureKafka } from '../secure-kafka.ts';

let kafka: SecureKafka;
beforeAll(async () => {
  kafka = await startSecureKafka();
}, 120_000);
afterAll(async () => await kafka?.[Symbol.asyncDispose]());

const subject = 'CN=shop-gateway,OU=web,O=Acme';
const topicAlone = manifest('Topic', 'shop.orders', {});
const documents = (credentials: object): string =>
  topicAlone +
  manifest('ServiceAccount', 'shop.gateway', { principal: `User:${subject}`, authentication: { type: 'tls' }, credentials }) +
  manifest('Access', 'gateway-writes', { serviceAccount: 'shop.gateway', as: 'producer', topics: ['shop.orders'] });

/** A landscape whose cluster asks clients for certificates; its platform names the authority that the brokers trust. */
function landscapeOf(authority: object = { certificate: { file: 'ca.pem' }, key: { file: 'ca.key' } }): TestLandscape {
  const tls = { ca: { file: 'ca.pem' }, certificate: { file: 'us.pem' }, key: { file: 'us.key' } };
  const connection = { bootstrapServers: [kafka.address('MUTUAL')], protocol: 'SSL', tls };
  const landscape = testLandscape({ cluster: { connection, clientAuthority: authority } });
  landscape.write('platform/tenants/shop.yaml', manifest('Tenant', 'shop', { owners: [], principals: ['User:CN=shop-*'] }));
  const texts = { 'ca.pem': kafka.ca, 'ca.key': kafka.caKey, 'us.pem': kafka.client.certificate, 'us.key': kafka.client.key };
  for (const [file, text] of Object.entries(texts)) landscape.write(file, text);
  return landscape;
}

async function login(landscape: TestLandscape, file: string): Promise<Login> {
  const run = await landscape.kaas('connection', 'dev', 'shop.gateway', '--out', join(landscape.directory, file));
  expect(run).toMatchObject({ code: 0 });
  const properties = readFileSync(join(landscape.directory, file), 'utf8');
  return { properties, bootstrapServer: kafka.address('MUTUAL') };
}

const writes = async (as: Login, landscape: TestLandscape): Promise<string> => {
  const { stdout, stderr } = await produceAs(as, `${landscape.prefix}shop.orders`, ['x']);
  return /AUTHORIZATION_FAILED|Not authorized/i.exec(stdout + stderr)?.[0] ?? (stdout + stderr).slice(0, 200);
};

test('a TLS account gets a certificate of its principal; a rotation gives a second one, and rights go with the account', {
  timeout: 300_000,
}, async () => {
  const landscape = landscapeOf();
  landscape.write('tenants/shop/all.yaml', documents({ deliverTo: { store: 'local' }, validFor: '1d' }));
  const applied = await landscape.apply();
  expect(applied.problems).toEqual([]);
  expect(applied.changes.filter(change => change.kind === 'ServiceAccount')).toMatchObject([
    { action: 'create', fields: [{ path: 'certificate' }], outcome: { state: 'applied' } },
  ]);
  const first = await login(landscape, 'first.properties');
  expect(await writes(first, landscape)).toBe('');
  expect((await landscape.plan()).changes).toEqual([]);
  expect(JSON.parse((await landscape.kaas('drift', 'dev', '-o', 'json')).stdout).changes).toEqual([]);

  expect(await landscape.kaas('rotate', 'dev', 'shop.gateway', '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('goes on until it expires'),
  });
  const second = await login(landscape, 'second.properties');
  const pem = (name: string) => readFileSync(join(landscape.directory, `${name}.properties.pem`), 'utf8');
  expect(pem('second')).not.toBe(pem('first'));
  expect(await writes(second, landscape)).toBe('');
  expect(await writes(first, landscape)).toBe('');
  expect((await landscape.plan()).changes).toEqual([]);

  landscape.write('tenants/shop/all.yaml', topicAlone);
  const removed = await landscape.apply();
  expect(removed.changes.find(change => change.kind === 'ServiceAccount')).toMatchObject({
    action: 'delete',
    risk: 'disruptive',
    reasons: [{ code: 'service-account/certificate-not-revoked' }],
  });
  expect(await writes(second, landscape)).toMatch(/author/i);
  const { stdout } = await kafkaToolAs(second, 'topics', '--bootstrap-server', kafka.address('MUTUAL'), '--list');
  expect(stdout.trim()).toBe('');
});

test('a certificate is made anew before the last third of its life', { timeout: 300_000 }, async () => {
  const landscape = landscapeOf();
  landscape.write('tenants/shop/all.yaml', documents({ deliverTo: { store: 'local' }, validFor: '3s' }));
  await landscape.apply();
  await new Promise(resolve => setTimeout(resolve, 2_000));
  expect((await landscape.apply()).changes).toMatchObject([
    {
      action: 'update',
      fields: [{ path: 'credential.issued', to: 'when applied' }],
      reasons: [{ code: 'service-account/second-certificate' }],
      outcome: { state: 'applied' },
    },
  ]);
});

test('an authority that is missing or would end first makes the account impossible, and nothing is written', {
  timeout: 300_000,
}, async () => {
  const landscape = landscapeOf();
  landscape.write('tenants/shop/all.yaml', documents({ deliverTo: { store: 'local' }, validFor: '3650d' }));
  const { changes, code } = await landscape.apply();
  expect(code).toBe(1);
  expect(changes.find(change => change.kind === 'ServiceAccount')).toMatchObject({
    state: 'impossible',
    reasons: [{ code: 'certificates/authority-ends' }],
  });
});

test('a password cannot be rotated where a listener takes one SCRAM mechanism alone, and the plan says so', {
  timeout: 300_000,
}, async () => {
  const landscape = landscapeOf();
  landscape.write('tenants/shop/all.yaml', manifest('ServiceAccount', 'shop.app', {}));
  expect((await landscape.apply()).code).toBe(0);
  const rotated = await landscape.kaas('rotate', 'dev', 'shop.app', '--yes', '-o', 'json');
  expect(rotated.code).toBe(1);
  expect(rotated.requests.writes).toBe(0);
  expect(JSON.parse(rotated.stdout).changes).toMatchObject([
    {
      state: 'impossible',
      reasons: expect.arrayContaining([
        expect.objectContaining({
          code: 'service-account/one-mechanism',
          message: expect.stringContaining('accept SCRAM-SHA-512 and not SCRAM-SHA-256'),
        }),
      ]),
    },
  ]);
});
