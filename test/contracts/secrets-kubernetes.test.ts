import { describe, expect, test } from 'vitest';
import { type KubernetesConnection, openKubernetes } from '#targets/rest/secrets/kubernetes.ts';
import { type KubernetesServer, kubernetesServer } from '../servers/kubernetes.ts';
import { sampleUse, secret, secretsContract } from './secrets.contract.ts';
import { anyTrouble, codeOf, expectNoAbsence, expectNoEcho } from './trouble.ts';

const token = 'pod-token-1';
const everything = ['get', 'list', 'create', 'patch', 'delete'];
async function started(): Promise<KubernetesServer> {
  const server = await kubernetesServer('payments');
  server.tokens.set(token, everything);
  return server;
}
const open = (url: string, more: Partial<KubernetesConnection> = {}) =>
  openKubernetes({
    label: 'secret store in-cluster',
    url,
    namespace: 'payments',
    field: 'password',
    token: async () => secret(token),
    labels: { team: 'payments' },
    requestTimeoutMs: 400,
    ...more,
  });
const decoded = (data: unknown) =>
  Object.fromEntries(
    Object.entries(data as Record<string, string>).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );

describe('in Kubernetes', () => {
  secretsContract(async () => {
    const { url } = await started();
    return { first: open(url), another: open(url) };
  });

  test('a password is a Secret that applications can bind to, labelled by what it is for', async () => {
    const server = await started();
    const long = 'payments/ServiceAccount/payments.a-name-that-is-longer-than-any-label-may-be';
    const key = 'payments/dev/main/payments.checkout';
    await open(server.url).putAll(new Map([[key, secret('pw')]]), new Map([[key, { ...sampleUse, resource: long }]]));
    const [[name, made] = []] = [...server.secrets];
    expect(name).toBe('payments.dev.main.payments-2echeckout');
    expect(made).toMatchObject({
      type: 'servicebinding.io/kafka',
      metadata: {
        labels: {
          'app.kubernetes.io/managed-by': 'kaas',
          'kaas.dev/account': 'dev.payments.checkout',
          'kaas.dev/category': 'kafka-credential',
          'kaas.dev/rotated': '2026-03-31',
          'kaas.dev/resource': expect.stringMatching(/^payments\.ServiceAccount\.payments.*-[0-9a-f]{8}$/),
          team: 'payments',
        },
        annotations: { 'kaas.dev/key': key, 'kaas.dev/resource': long },
      },
    });
    expect(decoded(made?.data)).toEqual({ ...sampleUse.fields, password: 'pw' });
  });

  test('what others put into a Secret of ours stays, and what they changed since we read is not overwritten', async () => {
    const server = await started();
    const [ours, theirs] = [open(server.url), open(server.url, { field: 'note', labels: {} })];
    await ours.put('k', secret('1'));
    await theirs.get('k').catch(() => {});
    await theirs.put('k', secret('by hand'));
    expect(await codeOf(ours.put('k', secret('2')))).toBe('secrets/conflict');
    expect((await ours.get('k'))?.reveal()).toBe('1');
    await ours.put('k', secret('2'));
    expect(decoded(server.secrets.get('k')?.data)).toEqual({ password: '2', note: 'by hand' });
  });

  test('two that make the same Secret at once: one is told so', async () => {
    const { url } = await started();
    const [first, second] = [open(url), open(url)];
    await Promise.all([first.get('k'), second.get('k')]);
    await first.put('k', secret('1'));
    expect(await codeOf(second.put('k', secret('2')))).toBe('secrets/conflict');
    expect((await second.get('k'))?.reveal()).toBe('1');
  });

  test('no answer is absence but the one that says so', async () => {
    const server = await started();
    const store = open(server.url);
    await store.put('k', secret('1'));
    await expectNoAbsence(server, store, [
      ...anyTrouble,
      ['secrets/half-an-answer', 404, '{"message":"page not found"}'],
      ['secrets/half-an-answer', 404, '{"kind":"Status","reason":"NotFound","details":{"name":"payments","kind":"namespaces"}}'],
      ['secrets/not-authorized', 403, '{"kind":"Status","reason":"Forbidden"}'],
      ['secrets/throttled', 429, '{"kind":"Status","reason":"TooManyRequests"}'],
    ]);
    expect([...server.secrets.keys()]).toEqual(['k']);
    await expectNoEcho(server, store, [token]);
  });

  test('a token that the server does not know any more is read anew', async () => {
    const server = await started();
    let current = token;
    const store = open(server.url, { token: async () => secret(current) });
    await store.put('k', secret('1'));
    server.tokens.delete(token);
    server.tokens.set('pod-token-2', everything);
    current = 'pod-token-2';
    expect((await store.get('k'))?.reveal()).toBe('1');
    current = 'wrong';
    server.tokens.delete('pod-token-2');
    expect(await codeOf(store.get('k'))).toBe('secrets/not-authenticated');
  });

  test('rights that are missing are named, and a name that is too long is refused before it is asked', async () => {
    const server = await started();
    server.tokens.set('reader', ['get']);
    const reader = open(server.url, { token: async () => secret('reader') });
    await expect(reader.examine()).rejects.toMatchObject({
      code: 'secrets/not-authorized',
      message: expect.stringContaining('create, patch, delete'),
    });
    expect(await codeOf(reader.put('k', secret('1')))).toBe('secrets/not-authorized');
    const before = server.asked.length;
    expect(await codeOf(reader.get('x'.repeat(254)))).toBe('secrets/bad-name');
    expect(server.asked.length).toBe(before);
  });
});
