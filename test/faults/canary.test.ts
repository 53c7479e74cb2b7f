import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import { openLocalSecrets } from '#targets/secrets/open-local-secrets.ts';
import { openSealing } from '#targets/secrets/sealed/index.ts';
import { makeAuthority } from '../certificates.ts';
import { startWorker, within } from '../connect-worker.ts';
import { secretStoresFor } from '../delivering-stores.ts';
import { kafkaTool, scramProperties } from '../kafka-tools.ts';
import { manifest, run, type TestLandscape, testLandscape } from '../landscape.ts';

/** A secret that can be told from every other text, whatever it is for. */
const canary = (what: string): string => `canary-${what}-${randomBytes(9).toString('hex')}`;

test('no secret is ever printed, logged, cached or stored anywhere but in its own place', { timeout: 900_000 }, async () => {
  const aside = mkdtempSync(join(tmpdir(), 'kaas-canary-'));
  onTestFinished(() => rmSync(aside, { recursive: true, force: true }));
  const landscape = testLandscape({
    landscape: { environments: ['dev', 'file', 'kept', 'broken'] },
    environment: { clusters: { main: 'env' } },
  });
  const logins = ['vault', 'kubernetes', 'aws', 'azure'];
  const sealed = ['age', 'sops', 'sealed-secret'] as const;
  const words = new Map(
    ['env', 'file', 'kept', 'wrong', 'oauth', 'tls', 'store', 'clear', ...logins, ...sealed].map(what => [what, canary(what)]),
  );
  const word = (what: string) => words.get(what) as string;
  const apart = mkdtempSync(join(tmpdir(), 'kaas-authority-'));
  onTestFinished(() => rmSync(apart, { recursive: true, force: true }));
  const authority = makeAuthority(apart);
  words.set('authority', authority.key.split('\n')[5] as string);
  landscape.write('ca.pem', authority.ca);
  const spoken = recorder(landscape, aside, {
    AUTHORITY: authority.key,
    CANARY: word('env'),
    WRONG: word('wrong'),
    OAUTH: word('oauth'),
    KEY: pemOf(word('tls')),
    ...Object.fromEntries(logins.map(what => [`LOGIN_${what.toUpperCase()}`, word(what)])),
  });
  await layOut(landscape, word);
  const stores = await secretStoresFor(landscape, word);
  await seal(landscape, sealed, word);
  for (const what of ['env', 'file', 'kept']) await letIn(`${landscape.prefix}${what}`, word(what));

  await everyCommand(spoken.kaas, aside);
  const store = openLocalSecrets({ directory: join(landscape.directory, '.kaas') });
  const rotated = `shop/dev/main/${landscape.prefix}shop.checkout`;
  words.set('before the rotation', (await store.get(rotated))?.reveal() as string);
  expect(await spoken.kaas(['rotate', 'dev', 'shop.checkout', '--yes', '-o', 'json'])).toBe(0);
  expect((await store.get(rotated))?.reveal()).not.toBe(word('before the rotation'));
  await spoken.kaas(['connection', 'dev', 'shop.checkout', '--format', 'json']);
  const issued = async () => (await store.get('shop/tls'))?.reveal().split('\n')[2] as string;
  words.set('key before the rotation', await issued());
  expect(await spoken.kaas(['rotate', 'dev', 'shop.tls', '--yes'])).toBe(0);
  words.set('key after the rotation', await issued());
  expect(word('key after the rotation')).not.toBe(word('key before the rotation'));
  await spoken.kaas(['connection', 'dev', 'shop.tls']);
  const generated = (await store.keys()).filter(key => !key.endsWith('.mechanism'));
  expect(generated.length).toBeGreaterThanOrEqual(4);
  for (const what of sealed) expect((await store.get(`shop/${what}`))?.reveal()).toBe(word(what));
  for (const key of generated.filter(name => !sealed.some(what => name === `shop/${what}`)))
    words.set(`generated ${key}`, (await store.get(key))?.reveal() as string);
  const delivered = await stores.values();
  expect(Map.groupBy(delivered.keys(), each => each.split(' ')[0]).size).toBe(4);
  // The mechanism beside a password is no secret.
  for (const [key, value] of delivered) if (!value.startsWith('SCRAM-SHA-')) words.set(key, value);
  await stores.repeatingAllTheyHear(async () => {
    landscape.write('tenants/shop/more.yaml', stores.accounts('more'));
    expect(await spoken.kaas(['plan', 'dev', '-o', 'json'])).toBe(1);
    expect(await spoken.kaas(['apply', 'dev', '--yes', '--partial', '-o', 'json'])).toBe(5);
    expect(await spoken.kaas(['doctor', 'dev'])).toBe(1);
  });
  const identity = readFileSync(join(landscape.directory, '.kaas/age-identity.txt'), 'utf8').match(/AGE-SECRET-KEY-\S+/)?.[0];
  words.set('age identity', identity as string);
  expect([...words.values()].every(each => each.length > 20)).toBe(true);

  words.set('controller key', (readFileSync(join(sealedBy, 'controller.pem'), 'utf8').split('\n')[5] as string).slice(0, 40));
  landscape.write(
    'tenants/shop/broken.yaml',
    manifest('Secret', 'b', { sealed: word('clear') }) + manifest('Topic', 'shop.b', { config: { 'x.password': word('clear') } }),
  );
  for (const format of ['text', 'json', 'markdown', 'sarif', 'junit'])
    expect(await spoken.kaas(['validate', ...(format === 'text' ? [] : ['-o', format])])).toBe(1);
  for (const command of ['plan', 'drift']) await spoken.kaas([command, 'dev', '-o', 'json']);
  expect(await spoken.kaas(['secret', 'reseal', '-o', 'json'])).toBe(0);
  expect(await spoken.kaas(['secret', 'rotate-key', '-o', 'json'])).toBe(0);
  landscape.remove('tenants/shop/broken.yaml');

  landscape.write('kaas.yaml', manifest('Landscape', 'canary', { environments: ['dev'], store: { env: 'STORE' } }));
  await spoken.kaas(['plan', 'dev'], { STORE: `postgres://kaas:${word('store')}@127.0.0.1:1/kaas` });
  await spoken.kaas(['status'], { STORE: `nonsense://${word('store')}` });

  for (const dress of ['utf8', 'hex', 'base64'] as const)
    expect(finds(words, [`x${Buffer.from(`ab${word('env')}`).toString(dress)}`])).toEqual(['env']);
  const said = spoken.everything();
  expect(said.join('')).toContain('shop.orders');
  expect(finds(words, said)).toEqual([]);
  const own = new Set(['.kaas/age-identity.txt', '.kaas/sealed-secrets.pem', 'secret.txt']);
  const files = filesBelow(landscape.directory).filter(file => !own.has(relative(landscape.directory, file)));
  expect(files.map(file => relative(landscape.directory, file))).toContain('.kaas/kaas.db');
  for (const file of files) expect([file, finds(words, [readFileSync(file, 'latin1')])]).toEqual([file, []]);
});

test('no secret of a connector, a connection or a Connect login leaves its own place', { timeout: 300_000 }, async () => {
  const aside = mkdtempSync(join(tmpdir(), 'kaas-canary-'));
  onTestFinished(() => rmSync(aside, { recursive: true, force: true }));
  const admin = { user: process.env.KAAS_TEST_ADMIN_USER ?? '', password: process.env.KAAS_TEST_ADMIN_PASSWORD ?? '' };
  await using worker = await startWorker(scramProperties(admin), `canary-${randomBytes(4).toString('hex')}`);
  expect(await within(90_000, () => worker.answers())).toBe(true);
  const words = new Map(
    ['field', 'inside', 'path', 'number', 'named', 'typed', 'address', 'login', 'url', 'clear', 'source'].map(what => [
      what,
      canary(what),
    ]),
  );
  const word = (what: string) => words.get(what) as string;
  const connect = {
    main: { url: worker.url },
    closed: { url: `http://127.0.0.1:${await echo()}`, username: 'x', password: { env: 'LOGIN' } },
  };
  const bootstrapServers = (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(',');
  const broker = { bootstrapServers, protocol: 'SASL_PLAINTEXT', mechanism: 'SCRAM-SHA-512', username: admin.user };
  const landscape = testLandscape({
    cluster: { connection: { ...broker, password: { env: 'KAAS_TEST_ADMIN_PASSWORD' }, connect } },
  });
  const spoken = recorder(landscape, aside, { LOGIN: word('login') });
  const local = openLocalSecrets({ directory: join(landscape.directory, '.kaas') });
  for (const what of ['field', 'inside', 'path', 'number', 'source']) await local.put(`shop/${what}`, new Redacted(word(what)));
  const connector = (name: string, config: object, more: object = {}) =>
    manifest('Connector', name, {
      connect: 'main',
      class: 'FileStreamSink',
      config: { topics: 't', file: '/dev/null', ...config },
      ...more,
    });
  const secret = (what: string) => `\${secret.local.shop/${what}}`;
  const good =
    manifest('Topic', 'shop.orders', {}) +
    manifest('Connection', 'db', {
      properties: { 'db.password': secret('field'), url: `jdbc:x://app:${secret('inside')}@db/` },
    }) +
    connector('shop.a', {}, { connection: 'db' }) +
    connector('shop.b', { file: `/nowhere/${secret('path')}/x` }) +
    connector('shop.s', { file: `${aside}/${secret('source')}`, topic: '${topic.shop.orders}' }, { class: 'FileStreamSource' });
  const input = join(aside, word('source'));
  writeFileSync(input, 'one\ntwo\n');
  landscape.write('tenants/shop/all.yaml', good);

  await everyFormat(spoken.kaas, aside);
  expect(await spoken.kaas(['apply', 'dev', '--yes'])).toBe(0);
  const name = (plain: string) => `${landscape.prefix}${plain}`;
  expect(await within(60_000, async () => (await worker.state(name('shop.b'))) === 'FAILED')).toBe(true);
  expect(await within(60_000, () => worker.knowsOffsets(name('shop.s')))).toBe(true);
  for (const format of ['text', 'json', 'markdown', 'name'])
    expect(await spoken.kaas(['offsets', 'dev', 'shop.s', ...(format === 'text' ? [] : ['-o', format])])).toBe(0);
  rmSync(input);
  const byHand = {
    'connector.class': 'FileStreamSink',
    topics: 't',
    'my.password': word('named'),
    'consumer.override.ssl.truststore.certificates': word('typed'),
    url: `jdbc:x://app:${word('address')}@db/?to=https://x:${word('url')}@db/`,
  };
  expect(await worker.create(name('shop.found'), byHand)).toBe(true);
  expect(await worker.configure(name('shop.a'), byHand)).toBe(true);
  landscape.write('tenants/shop/all.yaml', good.replace('/x"', '/y"') + connector('shop.c', { 'tasks.max': secret('number') }));
  await everyFormat(spoken.kaas, aside);
  await spoken.kaas(['apply', 'dev', '--yes', '--partial', '-o', 'json']);
  for (const args of [['restart'], ['restart', '-o', 'json'], ['offsets'], ['offsets', '-o', 'json']])
    await spoken.kaas([args[0] as string, 'dev', 'shop.b', ...args.slice(1)]);
  await spoken.kaas(['show', 'dev', 'working', '-o', 'json']);
  landscape.write(
    'tenants/shop/bad.yaml',
    connector('shop.d', { 'db.password': word('clear') }) + connector('shop.e', {}, { connect: 'closed' }),
  );
  await everyFormat(spoken.kaas, aside);

  const said = spoken.everything();
  expect(said.join('')).toContain('has failed: ');
  expect(said.join('')).toContain('connect/not-authenticated');
  expect(finds(words, said)).toEqual([]);
  const own = new Set(['.kaas/age-identity.txt', 'platform/clusters/main.yaml', 'tenants/shop/bad.yaml']);
  const files = filesBelow(landscape.directory).filter(file => !own.has(relative(landscape.directory, file)));
  // The cache of parsed documents is a copy of them: what they say in clear stands in it too.
  const inDocuments = (file: string, what: string) => file.endsWith('.kaas/cache/documents') && ['url', 'clear'].includes(what);
  for (const file of files)
    expect([file, finds(words, [readFileSync(file, 'latin1')]).filter(what => !inDocuments(file, what))]).toEqual([file, []]);
});

async function everyFormat(kaas: (args: string[]) => Promise<number>, aside: string): Promise<void> {
  for (const output of [[], ...['json', 'markdown', 'sarif', 'junit', 'name'].map(format => ['-o', format])]) {
    await kaas(['validate', ...output]);
    await kaas(['plan', 'dev', ...output]);
  }
  await kaas(['drift', 'dev', '-o', 'json']);
  await kaas(['render', 'dev', '--provenance']);
  await kaas(['doctor', 'dev', '-o', 'json']);
  await kaas(['plan', 'dev', '--out', join(aside, `plan-${randomBytes(3).toString('hex')}.json`)]);
  await kaas(['import', 'dev', '--out', join(aside, `import-${randomBytes(3).toString('hex')}`)]);
}

/** Four environments: three that reach the cluster, each with its password in another place, and one where every way to log in fails. */
async function layOut(landscape: TestLandscape, word: (what: string) => string): Promise<void> {
  const bootstrapServers = (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(',');
  const login = { bootstrapServers, protocol: 'SASL_PLAINTEXT', mechanism: 'SCRAM-SHA-512' };
  const cluster = (name: string, connection: object) =>
    landscape.write(`platform/clusters/${name}.yaml`, manifest('KafkaCluster', name, { connection }));
  const user = (what: string) => ({ ...login, username: `${landscape.prefix}${what}` });
  landscape.remove('platform/clusters/main.yaml');
  const clientAuthority = { certificate: { file: 'ca.pem' }, key: { env: 'AUTHORITY' } };
  landscape.write(
    'platform/clusters/env.yaml',
    manifest('KafkaCluster', 'env', { connection: { ...user('env'), password: { env: 'CANARY' } }, clientAuthority }),
  );
  landscape.write('platform/tenants/shop.yaml', manifest('Tenant', 'shop', { owners: [], principals: ['User:CN=shop'] }));
  cluster('file', { ...user('file'), password: { file: 'secret.txt' } });
  cluster('kept', { ...user('kept'), password: { store: 'local', key: 'admin' } });
  landscape.write('secret.txt', `${word('file')}\n`);
  await openLocalSecrets({ directory: join(landscape.directory, '.kaas') }).put('admin', new Redacted(word('kept')));
  for (const name of ['file', 'kept'])
    landscape.write(
      `platform/environments/${name}.yaml`,
      manifest('Environment', name, { clusters: { main: name }, prefix: `${name}${landscape.prefix}` }),
    );

  const port = await echo();
  const token = { tokenEndpoint: `http://127.0.0.1:${port}/token`, clientId: 'kaas', clientSecret: { env: 'OAUTH' } };
  cluster('wrong', { ...user('env'), password: { env: 'WRONG' } });
  cluster('oauth', { ...login, mechanism: 'OAUTHBEARER', oauth: token });
  cluster('tls', { bootstrapServers, protocol: 'SSL', tls: { key: { env: 'KEY' }, certificate: { env: 'KEY' } } });
  cluster('nobody', { ...user('env'), bootstrapServers: ['127.0.0.1:1'], password: { env: 'CANARY' } });
  const broken = { main: 'wrong', oauth: 'oauth', tls: 'tls', nobody: 'nobody' };
  landscape.write(
    'platform/environments/broken.yaml',
    manifest('Environment', 'broken', { clusters: broken, default: 'main', prefix: `b${landscape.prefix}` }),
  );
  landscape.write(
    'tenants/shop/all.yaml',
    manifest('Topic', 'shop.orders', {}) +
      manifest('ServiceAccount', 'shop.checkout', {}) +
      manifest(
        'ServiceAccount',
        'shop.named',
        { credentials: { deliverTo: { store: 'local', key: 'shop/named' } } },
        { environments: ['dev'] },
      ) +
      manifest(
        'ServiceAccount',
        'shop.tls',
        {
          principal: 'User:CN=shop',
          authentication: { type: 'tls' },
          credentials: { validFor: '1d', deliverTo: { store: 'local', key: 'shop/tls' } },
        },
        { environments: ['dev'] },
      ) +
      manifest('Access', 'w', { serviceAccount: 'shop.checkout', as: 'producer', topics: ['shop.orders'] }),
  );
}

const sealedBy = join(import.meta.dirname, '../sealed');

/** A Secret by each sealed format, made by the command line; and `sealing` in the landscape. */
async function seal(landscape: TestLandscape, formats: readonly string[], word: (what: string) => string): Promise<void> {
  const { makeKey } = openSealing({ directory: join(landscape.directory, '.kaas'), now: () => new Date() });
  landscape.write('platform/controller.crt', readFileSync(join(sealedBy, 'controller.crt'), 'utf8'));
  landscape.write('.kaas/sealed-secrets.pem', readFileSync(join(sealedBy, 'controller.pem'), 'utf8'));
  landscape.write(
    'kaas.yaml',
    manifest('Landscape', 'canary', {
      environments: ['dev', 'file', 'kept', 'broken'],
      defaults: { topic: { partitions: 1, replicationFactor: 1 } },
      sealing: { recipients: [await makeKey()], certificates: ['platform/controller.crt'] },
    }),
  );
  const documents = formats.map(format => {
    const args = ['secret', 'seal', '--tenant', 'shop', '--name', format, '--format', format, '--bare'];
    const input = word(format);
    const text = execFileSync(join(import.meta.dirname, '../../bin/kaas'), ['-C', landscape.directory, ...args], { input });
    landscape.write(`tenants/shop/${format}.sealed`, text.toString());
    return manifest('Secret', format, { file: `${format}.sealed`, ...(format === 'age' ? {} : { entry: 'value' }) });
  });
  landscape.write('tenants/shop/sealed.yaml', documents.join(''));
}

/** Everything that the command line can be asked for today, the failures included. */
async function everyCommand(kaas: (args: string[]) => Promise<number>, aside: string): Promise<void> {
  const formats = ['text', 'json', 'markdown', 'sarif', 'junit', 'name'];
  for (const format of formats) {
    const output = format === 'text' ? [] : ['-o', format];
    await kaas(['validate', ...output]);
    await kaas(['plan', 'dev', ...output]);
  }
  for (const output of [[], ['-o', 'json']]) expect(await kaas(['plan', 'broken', ...output])).toBe(1);
  await kaas(['plan', 'dev', '--out', join(aside, 'plan.json')]);
  expect(await kaas(['apply', 'dev', '--yes', '--plan', join(aside, 'plan.json')])).toBe(0);
  expect(await kaas(['apply', 'broken', '--yes', '--partial'])).toBe(1);
  for (const environment of ['dev', 'file', 'kept']) {
    expect(await kaas(['apply', environment, '--yes', '-o', 'json'])).toBe(0);
    await kaas(['drift', environment, '-o', 'json']);
    await kaas(['history', environment, '-o', 'json']);
    await kaas(['render', environment, '--provenance']);
    await kaas(['import', environment, '--out', join(aside, `import-${environment}`)]);
  }
  await kaas(['status', '-o', 'json']);
  await kaas(['doctor', 'dev']);
  await kaas(['doctor', '-o', 'json']);
  await kaas(['show', 'dev', 'working', '-o', 'json']);
  await kaas(['compare', 'dev', 'kept']);
  await kaas(['who-can', 'dev', 'write', 'shop.orders', '-o', 'json']);
  await kaas(['what-can', 'dev', 'shop.checkout']);
  for (const format of ['properties', 'json', 'env', 'spring', 'librdkafka'])
    await kaas(['connection', 'dev', 'shop.checkout', '--format', format]);
  await kaas(['explain', 'KafkaCluster.connection']);
}

function recorder(landscape: TestLandscape, aside: string, secrets: Record<string, string>) {
  const said: string[] = [];
  const log = join(aside, 'requests.log');
  return {
    async kaas(args: readonly string[], more: Record<string, string> = {}): Promise<number> {
      const result = await run(landscape.directory, args, { ...secrets, ...more, KAAS_REQUEST_LOG: log });
      expect([args, result.code, result.code === 70 || result.code === 64 ? result.stderr : '']).toEqual([args, result.code, '']);
      said.push(result.stdout, result.stderr);
      return result.code;
    },
    /** All that was printed, and all files that were written outside the landscape. */
    everything: (): string[] => [...said, ...filesBelow(aside).map(file => readFileSync(file, 'latin1'))],
  };
}

/** Where a secret shows, in clear or in one of the dresses in which texts travel. */
function finds(words: ReadonlyMap<string, string>, texts: readonly string[]): string[] {
  const all = texts.join('\n').toLowerCase();
  return [...words].flatMap(([what, word]) => {
    const bytes = Buffer.from(word);
    const inBase64 = [0, 1, 2].map(shift =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(shift === 0 ? 0 : 4, -4),
    );
    const dresses = [word, encodeURIComponent(word), bytes.toString('hex'), ...inBase64];
    return dresses.some(dress => all.includes(dress.toLowerCase())) ? [what] : [];
  });
}

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter(each => each.isFile())
    .map(each => join(each.parentPath, each.name));

const pemOf = (word: string): string => `-----BEGIN PRIVATE KEY-----\n${word}\n-----END PRIVATE KEY-----\n`;

/** A user of the test cluster with all rights, so that a password of our own choice can be its admin's. */
async function letIn(user: string, password: string): Promise<void> {
  const alter = ['--alter', '--entity-type', 'users', '--entity-name', user];
  await kafkaTool('configs', ...alter, '--add-config', `SCRAM-SHA-512=[iterations=4096,password=${password}]`);
  const everything = ['--operation', 'All', '--cluster', '--topic', '*', '--group', '*', '--transactional-id', '*'];
  await kafkaTool('acls', '--add', '--allow-principal', `User:${user}`, ...everything);
  onTestFinished(async () => {
    await kafkaTool('acls', '--remove', '--force', '--allow-principal', `User:${user}`, ...everything);
    await kafkaTool('configs', ...alter, '--delete-config', 'SCRAM-SHA-512');
  });
}

/** A token endpoint that throws back at us whatever it was sent, as careless ones do. */
async function echo(): Promise<number> {
  const server = createServer((request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    const [, basic = ''] = (request.headers.authorization ?? '').split(' ');
    response.end(
      JSON.stringify({ error: Buffer.from(basic, 'base64').toString(), authorization: request.headers.authorization }),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
