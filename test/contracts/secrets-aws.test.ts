import { createHash, createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RefusedKeys } from '#ports/refused-keys.ts';
import { type AwsConnection, openAws } from '#targets/rest/secrets/aws.ts';
import { type Answer, type Asked, contractServer } from '../servers/http-server.ts';
import { type MotoServer, startMoto } from '../servers/moto.ts';
import { sampleUse, secret, secretsContract } from './secrets.contract.ts';
import { anyTrouble, codeOf, expectNoAbsence, expectNoEcho } from './trouble.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
}, 300_000);
afterAll(() => moto?.stop());

const keySecret = 'aws-secret-key';
const open = (endpoint: string, prefix: string, more: Partial<AwsConnection> = {}) =>
  openAws({
    label: 'secret store team-aws',
    region: 'eu-central-1',
    endpoint,
    prefix,
    field: undefined,
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: secret(keySecret),
    requestTimeoutMs: 5_000,
    ...more,
  });
const call = async (operation: string, body: object): Promise<Record<string, unknown>> => {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `secretsmanager.${operation}`,
    authorization:
      'AWS4-HMAC-SHA256 Credential=x/20260101/eu-central-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=x',
  };
  return (await (await fetch(moto.url, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as Record<
    string,
    unknown
  >;
};

describe('in AWS Secrets Manager', () => {
  secretsContract(() => {
    const prefix = `kaas/${randomUUID()}`;
    return { first: open(moto.url, prefix), another: open(moto.url, prefix) };
  });

  test('a password is a secret with tags, the one before stays, and a deletion can be undone', async () => {
    const prefix = randomUUID();
    const store = open(moto.url, prefix, { field: 'password' });
    const put = (value: string, made: string) =>
      store.putAll(new Map([['shop/a.b', secret(value)]]), new Map([['shop/a.b', { ...sampleUse, made }]]));
    await put('1', '2026-03-31');
    await put('2', '2026-04-30');
    const SecretId = `${prefix}/shop/a.b`;
    const tags = (await call('DescribeSecret', { SecretId })).Tags as { Key: string; Value: string }[];
    expect(Object.fromEntries(tags.map(each => [each.Key, each.Value]))).toMatchObject({
      'managed-by': 'kaas',
      'kaas:account': 'dev.payments.checkout',
      'kaas:rotated': '2026-04-30',
    });
    const before = await call('GetSecretValue', { SecretId, VersionStage: 'AWSPREVIOUS' });
    expect(JSON.parse(before.SecretString as string)).toMatchObject({ username: 'dev.payments.checkout', password: '1' });
    await store.deleteAll(['shop/a.b']);
    expect(await store.get('shop/a.b')).toBeUndefined();
    await call('RestoreSecret', { SecretId });
    expect((await store.get('shop/a.b'))?.reveal()).toBe('2');
    expect(await codeOf(open(moto.url, prefix, { field: 'other' }).get('shop/a.b'))).toBe('secrets/no-field');
  });

  test('a name that is too long costs its own key, and its neighbours are written and read', async () => {
    const store = open(moto.url, `kaas/${randomUUID()}`);
    const long = 'x'.repeat(512);
    expect(await codeOf(store.putAll(new Map([long, 'a', 'b'].map(key => [key, secret(key)]))))).toBe('secrets/bad-name');
    const read = await store.getAll(['a', long, 'b']).catch(error => error);
    expect(read).toBeInstanceOf(RefusedKeys);
    expect([[...read.refused.keys()], [...read.found.keys()]]).toEqual([[long], ['a', 'b']]);
  });

  test('no answer is absence but the one that says so', async () => {
    const server = await contractServer(() => ({ status: 400, body: { __type: 'ResourceNotFoundException' } }));
    const store = open(server.url, '', { requestTimeoutMs: 400 });
    expect(await store.get('k')).toBeUndefined();
    await expectNoAbsence(server, store, [
      ...anyTrouble,
      ['secrets/not-authorized', 400, '{"__type":"AccessDeniedException"}'],
      ['secrets/not-authenticated', 403, '{"__type":"com.amazon.coral.service#ExpiredTokenException"}'],
      ['secrets/refused', 400, '{"__type":"DecryptionFailure"}'],
    ]);
    await expectNoEcho(server, store, [keySecret]);
  });

  test('a request carries a signature that its key alone makes, and waits where it is throttled', async () => {
    let tries = 0;
    const server = await contractServer((asked): Answer => {
      if (++tries < 3) return { status: 400, body: { __type: 'ThrottlingException' } };
      return isSigned(asked)
        ? { status: 200, body: { ARN: 'arn', Name: 'k', SecretString: 'right' } }
        : { status: 403, body: { __type: 'InvalidSignatureException' } };
    });
    const own = { sessionToken: secret('aws-session') };
    expect((await open(server.url, '', own).get('k'))?.reveal()).toBe('right');
    expect(server.asked.at(-1)?.headers['x-amz-security-token']).toBe('aws-session');
    expect(await codeOf(open(server.url, '', { ...own, secretAccessKey: secret('wrong') }).get('k'))).toBe(
      'secrets/not-authenticated',
    );
  });
});

/** Signature Version 4 worked out anew (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). */
function isSigned({ method, path, headers, text }: Asked): boolean {
  const hmac = (key: string | Buffer, words: string) => createHmac('sha256', key).update(words).digest();
  const sha = (words: string) => createHash('sha256').update(words).digest('hex');
  const [, scope = '', names = '', signature] =
    /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(String(headers.authorization)) ?? [];
  const canonical = names.split(';').map(name => `${name}:${String(headers[name]).trim()}\n`);
  const request = [method, path, '', canonical.join(''), names, sha(text)].join('\n');
  const words = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha(request)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${keySecret}`);
  return hmac(key, words).toString('hex') === signature && names.includes('x-amz-target');
}
