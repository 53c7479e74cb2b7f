import type { IncomingHttpHeaders } from 'node:http';
import type { Agent, Dispatcher } from 'undici';
import type { LostAnswers, Waiting } from './lost-answers.ts';

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

interface Limits {
  readonly withinMs: number;
  readonly lost: LostAnswers;
  /** A read, which may be sent again: given up once its answer seems lost. */
  readonly maySendAgain: boolean;
}

/**
 * One request and its whole answer as text. undici's own limits are on silence; a server that drips its answer is given up after `withinMs` as well, which costs
 * no timer. Goes without `request()`, whose stream for each answer takes a quarter of the time of a small one.
 * @throws errors of undici and of the socket, with their `code`, or `KAAS_ANSWER_LOST`
 */
export function exchange(
  agent: Agent,
  request: Dispatcher.DispatchOptions,
  { withinMs, lost, maySendAgain }: Limits,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let started = performance.now();
    let waiting: Waiting | undefined;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    agent.dispatch(request, {
      onRequestStart(controller) {
        started = performance.now();
        lost.forget(waiting);
        if (!maySendAgain) return;
        waiting = { started, controller };
        lost.watch(waiting);
      },
      onResponseStart(_, statusCode, answered) {
        lost.forget(waiting);
        lost.answered(started);
        status = statusCode;
        headers = answered;
      },
      onResponseData(controller, chunk) {
        chunks.push(chunk);
        if (performance.now() - started > withinMs) controller.abort(new TooSlow('The answer takes too long.'));
      },
      onResponseEnd: () =>
        resolve({ status, headers, text: decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)) }),
      onResponseError(_, error) {
        lost.forget(waiting);
        reject(error);
      },
    });
  });
}
