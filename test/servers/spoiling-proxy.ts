import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request on its way to the server behind the proxy; its answer comes with `forward`, which happens whether or not anybody waits for it. */
export interface Passing {
  readonly method: string;
  /** As it was sent, with the query. */
  readonly path: string;
  readonly response: ServerResponse;
  forward(): Promise<{ readonly status: number; readonly text: string }>;
}

/** Stands before a real server while the test runs, and does to its answers what `spoil` does; true: the request is dealt with. */
export interface SpoilingProxy {
  readonly url: string;
  /** `METHOD /path` of every request. */
  readonly passed: string[];
  spoil: ((passing: Passing) => boolean | Promise<boolean>) | undefined;
}

export async function spoilingProxy(target: string): Promise<SpoilingProxy> {
  const { origin, pathname } = new URL(target);
  const state: { url: string; passed: string[]; spoil: SpoilingProxy['spoil'] } = { url: '', passed: [], spoil: undefined };
  const server = createServer(async (request, response) => {
    const passing = await passingOf(origin, request, response);
    state.passed.push(`${passing.method} ${passing.path.slice(pathname.length).split('?')[0]}`);
    if ((await state.spoil?.(passing)) === true) return;
    const { status, text } = await passing.forward();
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`;
  return state;
}

async function passingOf(origin: string, request: IncomingMessage, response: ServerResponse): Promise<Passing> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url: path = '' } = request;
  return {
    method,
    path,
    response,
    async forward() {
      const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
      const answer = await fetch(origin + path, { method, headers: { 'content-type': 'application/json' }, ...body });
      return { status: answer.status, text: await answer.text() };
    },
  };
}
