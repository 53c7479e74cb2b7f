import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Redacted } from '#model/redacted.ts';
import type { EndpointConnection } from '#ports/connection.ts';
import { type RestRequest, restClient } from '#targets/rest/client.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function codeOf(url: string, request: Partial<RestRequest> = {}, more: Partial<EndpointConnection> = {}) {
  await using client = restClient({ label: 'schema registry of main', url, requestTimeoutMs: 400, ...more }, 'registry');
  try {
    return (await client.send({ method: 'GET', path: '/subjects', api: '/subjects', ...request })).status;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('what is no answer', () => {
  test('nobody listens', async () => {
    expect(await codeOf('http://127.0.0.1:9')).toBe('registry/unreachable');
  });

  test('a server that speaks no TLS is told from one whose certificate is not trusted', async () => {
    const url = (await answering((_, response) => response.end('[]'))).replace('http:', 'https:');
    await using client = restClient({ label: 'registry', url }, 'registry');
    await expect(client.send({ method: 'GET', path: '/subjects', api: '/subjects' })).rejects.toMatchObject({
      code: 'registry/tls',
      message: expect.stringContaining('does not speak TLS'),
      remedy: expect.stringContaining('`http://`'),
    });
  });

  test('a page of HTML is no list', async () => {
    const url = await answering((_, response) => response.end('<html><body>Welcome to the proxy</body></html>'));
    expect(await codeOf(url)).toBe('registry/no-json');
  });

  test('half an answer is no answer', async () => {
    const url = await answering((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('["a"');
      response.destroy();
    });
    expect(await codeOf(url)).toBe('registry/unreachable');
  });

  test('a server in trouble is not empty', async () => {
    const url = await answering((_, response) => response.writeHead(500).end('[]'));
    expect(await codeOf(url)).toBe('registry/server-error');
  });

  test('a login that is not accepted is named', async () => {
    const url = await answering((_, response) => response.writeHead(401).end());
    expect(await codeOf(url)).toBe('registry/not-authenticated');
  });

  test.each([301, 302, 307, 308])('who sends us elsewhere (%i) has done nothing, whether we asked or wrote', async status => {
    const url = await answering((_, response) => response.writeHead(status, { location: 'http://127.0.0.1:9/login' }).end());
    expect(await codeOf(url)).toBe('registry/redirected');
    expect(await codeOf(url, { method: 'PUT', writes: true })).toBe('registry/redirected');
  });

  test('who does not answer in time is not waited for', async () => {
    const url = await answering(() => {});
    expect(await codeOf(url)).toBe('registry/timed-out');
  });

  test('who drips an answer, never silent and never done, is given up', async () => {
    const url = await answering((_, response) => {
      response.write('[');
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    expect(await codeOf(url, {}, { requestTimeoutMs: 100 })).toBe('registry/timed-out');
  });

  test('a write that may have arrived has an unknown outcome', async () => {
    const url = await answering(() => {});
    expect(await codeOf(url, { method: 'POST', writes: true })).toBe('registry/outcome-unknown');
  });
});

describe('what passes by itself', () => {
  /** A server that fails so often and answers then, and how often it was asked. */
  const failing = async (times: number, fail: RequestListener) => {
    let asked = 0;
    const url = await answering((request, response) => (asked++ < times ? fail(request, response) : response.end('[]')));
    return { url, asked: () => asked };
  };
  const broken: RequestListener = (_, response) => response.destroy();
  const unavailable: RequestListener = (_, response) => response.writeHead(503).end('<html>down for a moment</html>');

  test.each([
    ['a connection that breaks off', broken],
    ['a gateway whose server is away', unavailable],
  ])('%s costs no read', async (_what, fail) => {
    const { url, asked } = await failing(2, fail);
    expect([await codeOf(url), asked()]).toEqual([200, 3]);
  });

  test('an answer that the server lost, while it answers what was asked later, costs a moment', async () => {
    const asked: string[] = [];
    const url = await answering(({ url: path = '' }, response) => {
      asked.push(path);
      if (path !== '/lost' || asked.filter(each => each === path).length > 1) response.end('[]');
    });
    await using client = restClient({ label: 'r', url, requestTimeoutMs: 12_000 }, 'registry');
    const get = (path: string) => client.send({ method: 'GET', path, api: path });
    const started = performance.now();
    const lost = get('/lost');
    for (let index = 0; index < 20; index++) await get('/other');
    expect(await lost).toMatchObject({ status: 200, body: [] });
    expect(performance.now() - started).toBeLessThan(6_000);
    expect(asked.filter(each => each === '/lost')).toHaveLength(2);
  });

  test('a slow answer is waited for while nothing that was asked later is answered', async () => {
    let asked = 0;
    const url = await answering((_, response) => {
      asked++;
      setTimeout(() => response.end('[]'), 1_000);
    });
    expect([await codeOf(url, {}, { requestTimeoutMs: 3_000 }), asked]).toEqual([200, 1]);
  });

  test('a read is tried three times, a write once', async () => {
    const reading = await failing(99, unavailable);
    expect([await codeOf(reading.url), reading.asked()]).toEqual(['registry/server-error', 3]);
    const writing = await failing(99, broken);
    expect([await codeOf(writing.url, { method: 'POST', writes: true }), writing.asked()]).toEqual([
      'registry/outcome-unknown',
      1,
    ]);
  });
});

describe('an answer', () => {
  test('a refusal is the caller to judge', async () => {
    const url = await answering((_, response) => response.writeHead(404).end('{"error_code":40401,"message":"no such subject"}'));
    expect(await codeOf(url)).toBe(404);
  });

  test('user and password, or a token, go with every request, below the path of the URL', async () => {
    const seen: string[] = [];
    const url = await answering((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      response.end('[]');
    });
    await codeOf(`${url}/apis/ccompat/v8/`, {}, { username: 'u', password: new Redacted('p') });
    await codeOf(url, {}, { token: new Redacted('t') });
    expect(seen).toEqual(['/apis/ccompat/v8/subjects Basic dTpw', '/subjects Bearer t']);
  });

  test('requests are counted by method and path, and writes apart', async () => {
    const url = await answering((_, response) => response.end('{}'));
    await using client = restClient({ label: 'r', url }, 'registry');
    await client.send({ method: 'GET', path: '/subjects/a', api: '/subjects/{subject}' });
    await client.send({ method: 'DELETE', path: '/subjects/a', api: '/subjects/{subject}', writes: true });
    expect([...client.requests.byApi]).toEqual([
      ['GET /subjects/{subject}', 1],
      ['DELETE /subjects/{subject}', 1],
    ]);
    expect(client.requests.writes).toBe(1);
  });
});

describe('a server that asks us to wait', () => {
  /** Throttles the first requests, and says when each came. */
  async function throttling(times: number, headers: () => Record<string, string>, words = 'slow down') {
    const came: number[] = [];
    const url = await answering((_, response) => {
      came.push(Date.now());
      if (came.length <= times) response.writeHead(429, headers()).end(words);
      else response.end('[]');
    });
    return { url, came, waited: () => (came[1] ?? 0) - (came[0] ?? 0) };
  }

  test.each([
    ['in seconds', () => '1'],
    ['by a date', () => new Date(Date.now() + 2_000).toUTCString()],
  ])('%s is asked again then, and not before', async (_, after) => {
    const server = await throttling(1, () => ({ 'retry-after': after() }));
    expect(await codeOf(server.url, { method: 'POST', writes: true, body: {} })).toBe(200);
    expect([server.came.length, server.waited() >= 950]).toEqual([2, true]);
  });

  test('without a time is tried a little later, a few times, and is no page of HTML then', async () => {
    expect(await codeOf((await throttling(2, () => ({}))).url)).toBe(200);
    const always = await throttling(99, () => ({}), '<html>Too many requests</html>');
    expect([await codeOf(always.url), always.came.length]).toEqual([429, 3]);
  });

  test('for an hour is not waited for', async () => {
    const server = await throttling(1, () => ({ 'retry-after': '3600' }));
    expect([await codeOf(server.url), server.came.length]).toEqual([429, 1]);
  });
});
