import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkTexts, yaml } from '#test/offline.ts';
import { clearText } from './clear-text.ts';

/** Put together here, so that no text of this repository looks like a secret itself. */
const joined = (...parts: string[]): string => parts.join('');
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const mixed = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0iLoRuXAbCdEfGhIjKlMnOpQrStUvWx0123456789abcdefghijklmnopqrstuv';
const some = (length: number) => mixed.slice(0, length);
const jwt = (parts: number) =>
  ['{"alg":"RS256","typ":"JWT"}', '{"sub":"orders","iss":"kaas"}', some(60)]
    .slice(0, parts)
    .map((part, index) => (index === 2 ? part : Buffer.from(part).toString('base64url')))
    .join('.');

const codesIn = (text: string) =>
  clearText({ texts: [{ file: 'tenants/shop/a.yaml', text }], manifests: [], files: new Map() }).problems.map(each => [
    each.message,
    each.at?.line,
    each.at?.column,
  ]);

describe('a secret is known by its shape, wherever it stands', () => {
  test.each<[string, string, string]>([
    ['a private key', 'A private key in PEM', privateKey],
    ['a private key in one line', 'A private key in PEM', JSON.stringify(privateKey).slice(1, -1)],
    ['an encrypted private key', 'A private key in PEM', privateKey.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE')],
    [
      'a private key of OpenSSL',
      'A private key in PEM',
      privateKey.replace(
        /BEGIN PRIVATE KEY-----\n/,
        'BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0A\n\n',
      ),
    ],
    [
      'an age identity',
      'An age identity',
      joined('AGE-SECRET-', 'KEY-1', 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE'),
    ],
    ['an AWS access key', 'An AWS access key', joined('AK', 'IA', upper.slice(0, 16))],
    ['an AWS secret key', 'An AWS secret key', `aws.secret.access.key=${some(40)}`],
    ['a GitHub token', 'A GitHub token', joined('gh', 'p_', some(36))],
    ['a fine-grained GitHub token', 'A GitHub token', joined('github', '_pat_', some(22), '_', some(59))],
    ['a Slack token', 'A Slack token', joined('xo', 'xb-', '123456789012-', some(24))],
    ['a signed token', 'A signed token (JWT)', jwt(3)],
    [
      'a JAAS login',
      'A login for JAAS with its password',
      'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="hunter22";',
    ],
    [
      'a JAAS login in JSON',
      'A login for JAAS with its password',
      '"x.ScramLoginModule required username=\\"u\\" password=\\"hunter22\\";"',
    ],
    ['a private key in base64', 'A private key in base64', Buffer.from(privateKey).toString('base64')],
    ...(['RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '] as const).map((algorithm): [string, string, string] => [
      `a private key in base64: ${algorithm}`,
      'A private key in base64',
      Buffer.from(privateKey.replaceAll('PRIVATE', `${algorithm}PRIVATE`)).toString('base64'),
    ]),
    [
      'a private key of PuTTY',
      'A private key of PuTTY',
      `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\n${some(40)}\nPrivate-Lines: 1\n${some(40)}`,
    ],
    ['an AWS secret key in a variable', 'An AWS secret key', `AWS_SECRET_ACCESS_KEY: ${some(40)}`],
    ['a token of an app in Slack', 'A Slack token', joined('xa', 'pp-1-A0123456789-1234567890123-', '0a1b2c3d4e5f')],
    ['a Vault token of today', 'A Vault token', joined('hv', 's.', some(24))],
    ['a secret of an OAuth client at Google', 'A Google key', joined('GOC', 'SPX-', some(28))],
    ['a client secret of Azure', 'An Azure key', joined('abc', '8Q', '~', some(34))],
    ['a signed address of Azure', 'An Azure key', `https://x.blob.core.windows.net/c?sv=1&sig=${some(43)}%3D`],
    ...['npm_', 'pypi-AgEIcHlwaS5vcmc', 'sk_live_', 'sk-ant-api03-', 'dckr_pat_', 'hf_', 'ATATT3', 'cflt'].map(
      (start): [string, string, string] => [`a token that begins with ${start}`, 'A token of a service', start + some(64)],
    ),
    ...['password', 'Password', 'clientSecret', 'oauth.client.secret', 'oauth.refresh.token', 'user_alice'].map(
      (option): [string, string, string] => [
        `a JAAS login with ${option}`,
        'A login for JAAS with its password',
        `x.PlainLoginModule required username='u' ${option} = 'hunter22';`,
      ],
    ),
    ...['postgres', 'mongodb+srv', 'jdbc:postgresql', 'https', 'amqps'].map((scheme): [string, string, string] => [
      `an address with a login: ${scheme}`,
      'An address with a password',
      `${scheme}://admin:hunter22@db.example:5432/x`,
    ]),
    ['an address with a password in its query', 'A password in a connection string', 'jdbc:x://h/d?user=a&password=hunter22'],
    ['a connection string', 'A password in a connection string', 'Server=h;User Id=sa;Password=hunter22;'],
    ['a private key in a comment', 'A private key in PEM', privateKey.replaceAll('\n', '\n#   ')],
    ['a private key in one line without breaks', 'A private key in PEM', privateKey.replaceAll('\n', '')],
    ['a private key escaped twice', 'A private key in PEM', privateKey.replaceAll('\n', '\\\\n')],
    ...[0, 1, 2].map((before): [string, string, string] => [
      `a private key in base64, ${before} signs after a certificate`,
      'A private key in base64',
      Buffer.from(`-----BEGIN CERTIFICATE-----\n${some(60 + before)}\n-----END CERTIFICATE-----\n${privateKey}`).toString(
        'base64',
      ),
    ]),
    ...(['d', 'kty'] as const).map((first): [string, string, string] => {
      const key: Record<string, string> = { kty: 'EC', crv: 'P-256', x: some(43), d: some(43) };
      return [`a private key as JWK, ${first} first`, 'A private key as JWK', JSON.stringify({ [first]: key[first], ...key })];
    }),
    ['an AWS secret key in JSON', 'An AWS secret key', `"SecretAccessKey": "${some(40)}"`],
    ['a token that deploys from GitLab', 'A GitLab token', joined('gl', 'dt-', some(20))],
    ...['<S3cret9', '*Secret99', 'xxxy72hd', '...y72hd'].map((password): [string, string, string] => [
      `a JAAS login whose password begins like a placeholder: ${password}`,
      'A login for JAAS with its password',
      `x.PlainLoginModule required username="u" password="${password}";`,
    ]),
    [
      'a JAAS login with a semicolon',
      'A login for JAAS with its password',
      'x.PlainLoginModule required username="a;b" password="hunter22";',
    ],
    ['a login for Oracle', 'A login for Oracle', 'jdbc:oracle:thin:scott/hunter22@//db:1521/orders'],
    ['a login of a schema registry', 'A login of a schema registry', 'basic.auth.user.info=ABCDEFGH:hunter22'],
    ['an authorization', 'An authorization', `Authorization: Bearer ${some(30)}`],
    ['a login in an authorization', 'An authorization', `authorization=Basic ${Buffer.from('u:hunter22').toString('base64')}`],
  ])('%s', (_what, message, secret) => {
    expect(codesIn(`# a comment\nspec:\n  a: ${secret}\n`)).toEqual([
      [`${message} stands here in clear.`, 3, expect.any(Number)],
    ]);
  });

  test.each<[string, string]>([
    ['a public key', publicKey],
    ['a certificate', readFileSync(join(import.meta.dirname, '../../test/sealed/controller.crt'), 'utf8')],
    ['the words alone', 'Never commit a PRIVATE KEY, an -----BEGIN PRIVATE KEY-----, a password or an AGE-SECRET-KEY-1…'],
    ['an example of a key', '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----'],
    ['a reference as a key', '-----BEGIN PRIVATE KEY-----\n${file:/etc/key.pem:body}\n-----END PRIVATE KEY-----'],
    ['hashes', ['md5', 'sha1', 'sha256', 'sha512'].map(name => createHash(name).update(name).digest('hex')).join('\n')],
    ['hashes in base64', createHash('sha512').update('x').digest('base64')],
    ['a commit and a UUID', `revision: ${createHash('sha1').update('y').digest('hex')}\nid: ${randomUUID()}`],
    [
      'a schema in base64',
      Buffer.from(JSON.stringify({ type: 'record', name: 'token', fields: [{ name: 'password', type: 'string' }] })).toString(
        'base64',
      ),
    ],
    ['an unsigned token', jwt(2)],
    ['the example key of AWS', joined('AK', 'IA', 'IOSFODNN7', 'EXAMPLE')],
    ['an age recipient', 'age10fzxl53alwtgskl2tz0dufayyqc0snku580h338j30n25kehlsast647u2'],
    ['an age armour', readFileSync(join(import.meta.dirname, '../../test/sealed/value.age'), 'utf8')],
    ['a SOPS file', readFileSync(join(import.meta.dirname, '../../test/sealed/values.sops.yaml'), 'utf8')],
    ['a SealedSecret', readFileSync(join(import.meta.dirname, '../../test/sealed/strict.sealed.yaml'), 'utf8')],
    ['a JAAS login by reference', 'x.PlainLoginModule required username="u" password="${file:/etc/db.properties:password}";'],
    ['a JAAS login without a password', 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required ;'],
    ['a JAAS login with a placeholder', 'x.PlainLoginModule required username="u" password="<password>";'],
    ...['********', 'xxxxxxxx', '...', '{{ password }}', '%PASSWORD%', '%s'].map((password): [string, string] => [
      `a JAAS login of a template: ${password}`,
      `x.PlainLoginModule required username="u" password="${password}";`,
    ]),
    ['an address of Oracle without a login', 'jdbc:oracle:thin:@//db:1521/orders jdbc:oracle:thin:scott/<password>@db:1521:x'],
    ['words on the login of a schema registry', 'basic.auth.user.info=<key>:<secret> basic.auth.user.info=API_KEY:API_SECRET'],
    ['a public key as JWK', JSON.stringify({ kty: 'EC', crv: 'P-256', x: some(43), y: some(43) })],
    ['a commit beside the name of a secret', `awsSecretRevision: ${createHash('sha1').update('z').digest('hex')}`],
    ['a topic whose name says so', 'name: xoxb-orders\ntopic: ghp_orders\nother: eyJ.eyJ.'],
    ['a certificate in base64', Buffer.from(`-----BEGIN CERTIFICATE-----\n${some(64)}\n`).toString('base64')],
    ['a public key in base64', Buffer.from(publicKey).toString('base64')],
    [
      'an address with a user',
      'ssh://git@host:22/x amqp://guest@host:5672 kafka://b:9092,user@x http://a:8081,http://b:8082, me@x.org',
    ],
    [
      'an address with a placeholder',
      'https://user:password@h https://<user>:<password>@h https://u:${secret.local.x}@h https://u:$PASSWORD@h',
    ],
    ['a pattern for addresses', '^https?://[^:]+:[^@]+@'],
    ['a placeholder in a query', 'https://h/x?password=<password>&secret=none a=1;password=${secret.local.shop/db}'],
    [
      'words on authorization',
      'Authorization: Bearer <token>, authorization: basic authentication, Authorization: Bearer ${x:y}',
    ],
    ['a JAAS login with settings', 'x.OAuthBearerLoginModule required oauth.token.endpoint.uri="https://h/token" clientId="x";'],
    ['a JAAS login with a ticket', 'x.Krb5LoginModule required useKeyTab=true storeKey=true keyTab="/etc/k" principal="a@B";'],
  ])('%s is none', (_what, text) => {
    expect(codesIn(text)).toEqual([]);
  });
});

const frame = {
  'kaas.yaml': yaml('Landscape', 'l', '{ environments: [dev] }'),
  'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: main }, variables: { a: b } }'),
  'platform/main.yaml': yaml('KafkaCluster', 'main', '{ connection: local }'),
  'platform/shop.yaml': yaml('Tenant', 'shop', '{}'),
};
const problemsOf = async (files: Record<string, string>) =>
  (await checkTexts({ ...frame, ...files })).problems.map(each => [
    each.code,
    each.at?.file,
    each.at?.line,
    each.at?.column,
    each.tenant,
  ]);

test('a document, a comment and a file beside a document are asked alike, and the tenant who wrote it is held back', async () => {
  const token = joined('gh', 'p_', some(36));
  expect(
    await problemsOf({
      'tenants/shop/t.yaml': `# ${token}\n${yaml('Topic', 'shop.t', '{ partitions: 1, replicationFactor: 1 }')}`,
    }),
  ).toEqual([['load/secret-in-clear', 'tenants/shop/t.yaml', 1, 3, 'shop']]);
  const files = { 'tenants/shop/s.yaml': yaml('Secret', 's', '{ file: key.pem }'), 'tenants/shop/key.pem': privateKey };
  const { problems } = await checkTexts({ ...frame, ...files });
  expect(problems.map(each => [each.code, each.at?.file, each.at?.line])).toEqual([
    ['load/secret-in-clear', 'tenants/shop/key.pem', 1],
  ]);
  expect(JSON.stringify(problems)).not.toContain(privateKey.slice(40, 60));
});

test('a field whose name says password takes a reference, never the password', async () => {
  const environment = (variables: string) => ({
    'platform/dev.yaml': yaml('Environment', 'dev', `{ clusters: { main: main }, variables: ${variables} }`),
  });
  expect(await problemsOf(environment('{ databasePassword: hunter22 }'))).toEqual([
    ['load/secret-in-clear', 'platform/dev.yaml', 4, expect.any(Number), null],
  ]);
  expect(await problemsOf(environment('{ databasePassword: 83726451 }'))).toEqual([
    ['load/secret-in-clear', 'platform/dev.yaml', 4, expect.any(Number), null],
  ]);
  for (const harmless of ['""', '"${secret.local.shop/db}"', '"<password>"', 'changeme', '"****"', 'true'])
    expect(await problemsOf(environment(`{ databasePassword: ${harmless} }`))).toEqual([]);
});

const topic = (more: string) => yaml('Topic', 'shop.t', `{ partitions: 1, replicationFactor: 1${more} }`);

test.each([
  ['an escape of YAML', `, description: "\\u0067${joined('hp', '_', some(36))}"`],
  ['a line that goes on', ', description: "x.PlainLoginModule required pass\\\n  word=hunter22;"'],
])('%s hides no secret', async (_what, more) => {
  expect((await problemsOf({ 'tenants/shop/t.yaml': topic(more) })).map(each => each[0])).toEqual(['load/secret-in-clear']);
});

test.each([
  ['a field', topic(`, ${joined('gh', 'p_', some(36))}: 1`)],
  ['a field of the document', `${topic('')}${joined('gh', 'p_', some(36))}: 1\n`],
  ['a key of the configuration', topic(`, config: { ${joined('gh', 'p_', some(36))}: 1 }`)],
  ['a kind', topic('').replace('kind: Topic', `kind: ${joined('gh', 'p_', some(36))}`)],
  ['an apiVersion', topic('').replace('kaas.dev/v1', joined('gh', 'p_', some(36)))],
  ['a tag', topic(`, description: !${joined('gh', 'p_', some(36))} x`)],
  ['a name', topic('').replace('shop.t', joined('gh', 'p_', some(36)))],
  ['a label', yaml('Topic', 'shop.t', '{ partitions: 1 }', `labels: { ${joined('gh', 'p_', some(36))}: a }`)],
  ['a variable', topic(`, description: "\${var.${joined('gh', 'p_', some(36))}}"`)],
])('a secret that stands as %s is refused, and quoted by no problem and no view', async (_what, text) => {
  const checked = await checkTexts({ ...frame, 'tenants/shop/t.yaml': text });
  expect(checked.problems.map(each => each.code)).toContain('load/secret-in-clear');
  expect(
    JSON.stringify([checked.problems, checked.environments.map(each => each.declared.map(d => [d.name, d.spec, d.labels]))]),
  ).not.toContain('ghp_');
});

test('a secret that variables put together is refused where it stands, and shown by no view of that document', async () => {
  const { problems, environments } = await checkTexts({
    ...frame,
    'platform/dev.yaml': yaml('Environment', 'dev', '{ clusters: { main: main }, variables: { word: hunter22 } }'),
    'tenants/shop/t.yaml': topic(', description: \'x.PlainLoginModule required password="${var.word}";\''),
  });
  expect(problems.map(each => [each.code, each.at?.file, each.at?.line])).toEqual([
    ['validate/secret-in-clear', 'tenants/shop/t.yaml', 4],
  ]);
  expect(JSON.stringify(environments[0]?.declared.find(each => each.kind === 'Topic')?.spec)).not.toContain('hunter22');
});

test('a Secret that holds a clear value is told once, by its own words', async () => {
  const files = { 'tenants/shop/s.yaml': yaml('Secret', 's', '{ sealed: { password: hunter22 } }') };
  expect((await problemsOf(files)).map(each => each[0])).toEqual(['secret/not-sealed']);
});

test("a clear value in a broker's, a connector's or a connection's configuration is told once, by the words of its kind", async () => {
  const config = (values: string) => `{ connect: main, class: C, config: ${values} }`;
  const token = joined('gh', 'p_', some(36));
  const { problems, environments } = await checkTexts({
    ...frame,
    'platform/main.yaml': yaml(
      'KafkaCluster',
      'main',
      '{ connection: local, brokerConfig: { default: { ssl.keystore.password: hunter22 } } }',
    ),
    'tenants/shop/c.yaml': yaml(
      'Connector',
      'shop.c',
      config(`{ db.password: hunter22, url: "jdbc://u:hunter22@h", auth: ${token} }`),
    ),
    'tenants/shop/n.yaml': yaml('Connection', 'shop.n', '{ properties: { db.password: hunter22 } }'),
  });
  const own = problems.filter(each => /secret|load/.test(each.code)).map(each => each.code);
  expect(own.toSorted()).toEqual(['connection/secret-in-clear', 'connector/secret-in-clear', 'kafka-cluster/secret-config']);
  const shown = environments.flatMap(({ declared, resources }) => [...declared, ...resources].map(each => each.spec));
  expect(JSON.stringify([problems, shown])).not.toMatch(/hunter22|ghp_/);
});

test('no view of a document shows a secret that stands in it in clear', async () => {
  const topic = yaml(
    'Topic',
    'shop.t',
    `{ partitions: 1, config: { x.password: hunter22, other: ${joined('gh', 'p_', some(36))} } }`,
    'labels: { token: hunter22 }',
  );
  const { environments } = await checkTexts({ ...frame, 'tenants/shop/t.yaml': topic });
  const hidden = '(hidden: a secret in clear)';
  const found = environments[0]?.declared.find(each => each.kind === 'Topic');
  expect(found?.spec.config).toEqual({ 'x.password': hidden, other: hidden });
  expect(JSON.stringify(environments)).not.toMatch(/hunter22|ghp_/);
});

test.each([
  ['spaces after a key', `-----BEGIN PRIVATE KEY-----${' '.repeat(500_000)}`],
  ['a blank head of a key', `-----BEGIN PRIVATE KEY-----\n${`A: ${' '.repeat(50)}`.repeat(8)}!`],
  ['blank heads without end', `-----BEGIN PRIVATE KEY-----\n${`A: ${' '.repeat(90)}\n`.repeat(5)}!`.repeat(1_500)],
  ['public keys without end', '"kty":"EC","d":"'.repeat(60_000)],
  ['logins without end', 'LoginModule password = '.repeat(20_000)],
  ['tokens without end', `eyJ${'a'.repeat(500_000)}.`],
  ['logins of many users', 'LoginModule user_'.repeat(60_000)],
  ['addresses without end', 'ab://x:'.repeat(140_000)],
  ['queries without end', '?password='.repeat(100_000)],
  ['many beginnings', 'eyJaaaaaaaaaaaa.'.repeat(30_000)],
])('%s take no time', (_what, text) => {
  const started = Date.now();
  codesIn(text);
  expect(Date.now() - started).toBeLessThan(2_000);
});
