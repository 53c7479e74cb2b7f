import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import type { Secrets } from '#ports/secrets.ts';
import type { ContractServer } from '../servers/http-server.ts';
import { secret } from './secrets.contract.ts';

export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    error => error.code,
  );

/** An answer that is none, and the fault that it must be. Without a status nothing is answered at all. */
export type Trouble = readonly [code: string, status?: number, text?: string];

const html = '<html><body>log in first</body></html>';
/** What stands between, or servers in trouble, may answer to anything. */
export const anyTrouble: readonly Trouble[] = [
  ['secrets/server-error', 500, '{"message":"internal error"}'],
  ['secrets/server-error', 503],
  ['secrets/server-error', 502, html],
  ['secrets/no-json', 404, html],
  ['secrets/no-json', 200, html],
  ['secrets/half-an-answer', 404, '{}'],
  ['secrets/half-an-answer', 404],
  ['secrets/half-an-answer', 200, '{}'],
  ['secrets/half-an-answer', 200],
  ['secrets/redirected', 307],
  ['secrets/not-authenticated', 401, '{}'],
  ['secrets/timed-out'],
];

/** No answer is absence but the one that says so, and nothing is written past one. `store` has been used before: it is logged in. */
export async function expectNoAbsence(server: ContractServer, store: Secrets, troubles: readonly Trouble[]): Promise<void> {
  for (const trouble of troubles) {
    const [code, status, text] = trouble;
    server.instead = (_asked, response: ServerResponse) => {
      if (status !== undefined) response.writeHead(status).end(text);
      return true;
    };
    expect([trouble, await codeOf(store.get('k'))]).toEqual([trouble, code]);
    expect([trouble, await codeOf(store.getAll(['k', 'l']))]).toEqual([trouble, code]);
    expect([trouble, await codeOf(store.put('never read', secret('2')))]).toEqual([trouble, expect.stringMatching(/^secrets\//)]);
  }
  server.instead = undefined;
}

/** A server that repeats all that it was sent puts nothing of it into a fault. */
export async function expectNoEcho(server: ContractServer, store: Secrets, hidden: readonly string[]): Promise<void> {
  for (const status of [400, 403, 404, 409, 500]) {
    server.instead = (asked, response) => {
      const words = `${asked.text} ${Buffer.from(asked.text).toString('base64')} ${JSON.stringify(asked.headers)}`;
      response
        .writeHead(status)
        .end(JSON.stringify({ message: words, errors: [words], error: { code: words, message: words }, __type: words }));
      return true;
    };
    const fault = await store.put('k', secret('canary-value')).then(
      () => undefined,
      error => error,
    );
    expect(fault?.code).toMatch(/^secrets\//);
    const said = `${fault.message} ${fault.remedy} ${fault.stack} ${JSON.stringify(fault)}`;
    for (const each of ['canary-value', Buffer.from('canary-value').toString('base64'), ...hidden])
      expect(said).not.toContain(each);
  }
  server.instead = undefined;
}
