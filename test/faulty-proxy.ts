import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
}
/** What becomes of one request: it is passed on, answered by us, answered after being passed on (its own answer is lost), or never answered. */
export type Fault =
  | 'pass'
  | 'break'
  | 'silence'
  | { readonly status: number; readonly body: string; readonly type?: string }
  | { readonly lose: true }
  | { readonly change: (body: string) => string };

export interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
  /** Decides what becomes of each request from now on. */
  fault: (asked: Asked) => Fault;
  /** All that was asked, in order. */
  readonly asked: Asked[];
}

/** Stands in front of a real HTTP server and spoils what the test asks for. */
export async function faultyProxy(target: string): Promise<FaultyProxy> {
  const asked: Asked[] = [];
  const server = createServer((incoming, response) => {
    const each = { method: incoming.method ?? '', path: incoming.url ?? '' };
    asked.push(each);
    const fault = proxy.fault(each);
    if (fault === 'break') incoming.socket.destroy();
    else if (fault === 'silence') incoming.resume();
    else if (typeof fault === 'object' && 'status' in fault)
      response.writeHead(fault.status, { 'content-type': fault.type ?? 'application/json' }).end(fault.body);
    else passOn(target, { incoming, response, fault });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: () => 'pass',
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return proxy;
}

interface Passing {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly fault: 'pass' | { readonly lose: true } | { readonly change: (body: string) => string };
}

function passOn(target: string, { incoming, response, fault }: Passing): void {
  const { method, headers } = incoming;
  const onward = request(
    new URL(incoming.url ?? '/', target),
    { method, headers: { ...headers, host: new URL(target).host } },
    answer => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        if (fault !== 'pass' && 'lose' in fault) return incoming.socket.destroy();
        const body = Buffer.concat(chunks).toString();
        const type = answer.headers['content-type'];
        response.writeHead(answer.statusCode ?? 500, type === undefined ? {} : { 'content-type': type });
        return response.end(fault === 'pass' ? body : fault.change(body));
      });
    },
  );
  onward.on('error', () => incoming.socket.destroy());
  incoming.pipe(onward);
}
