import type { IncomingHttpHeaders } from 'node:http';
import type { Agent, Dispatcher } from 'undici';

export interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** UTF-8, without a byte order mark. */
const decoder = new TextDecoder();

/** What undici's own faults carry. */
class TooSlow extends Error {
  readonly code = 'UND_ERR_BODY_TIMEOUT';
}

/**
 * One request and its whole answer as text. undici's own limits are on silence; a server that drips its answer is given up after `withinMs` as well, which costs
 * no timer. Goes without `request()`, whose stream for each answer takes a quarter of the time of a small one.
 * @throws errors of undici and of the socket, with their `code`
 */
export function exchange(agent: Agent, request: Dispatcher.DispatchOptions, withinMs: number): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const started = Date.now();
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    agent.dispatch(request, {
      onRequestStart: () => {},
      onResponseStart(_, statusCode, answered) {
        status = statusCode;
        headers = answered;
      },
      onResponseData(controller, chunk) {
        chunks.push(chunk);
        if (Date.now() - started > withinMs) controller.abort(new TooSlow('The answer takes too long.'));
      },
      onResponseEnd: () =>
        resolve({ status, headers, text: decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)) }),
      onResponseError: (_, error) => reject(error),
    });
  });
}
