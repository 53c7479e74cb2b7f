import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Json } from '#model/json.ts';

/** One request as a contract server sees it. */
export interface Asked {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly body: Json;
}

export interface Answer {
  readonly status: number;
  readonly body?: Json;
}

/** A server on the loopback address, for as long as the test runs. While `instead` is set it answers by that: troubles of networks, proxies and servers. */
export interface ContractServer {
  readonly url: string;
  readonly asked: Asked[];
  instead: ((asked: Asked, response: ServerResponse) => boolean) | undefined;
}

export async function contractServer(answer: (asked: Asked) => Answer): Promise<ContractServer> {
  const state: { url: string; asked: Asked[]; instead: ContractServer['instead'] } = { url: '', asked: [], instead: undefined };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const url = new URL(request.url ?? '/', 'http://server');
    const asked: Asked = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: request.headers,
      text,
      body: parsed(text),
    };
    state.asked.push(asked);
    if (state.instead?.(asked, response) === true) return;
    const { status, body } = answer(asked);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
