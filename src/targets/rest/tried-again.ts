import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchanged } from './exchange.ts';
import { lostCode } from './lost-answers.ts';

/** How long one request waits, all in all, for a server that asks us to. */
const mostMs = 60_000;
/** Of a server that names no time. */
const mostTries = 3;

/**
 * Sends again what was turned away because there was too much of it (429): nothing was done then, so a write may be repeated too. The time that the server
 * names in `Retry-After` is obeyed; without one it is a backoff with jitter. Answers the last 429 where that would take more than a minute.
 */
export async function unthrottled(send: () => Promise<Exchanged>): Promise<Exchanged> {
  let waited = 0;
  for (let attempt = 0; ; attempt++) {
    const answer = await send();
    if (answer.status !== 429) return answer;
    const named = waitOf(answer.headers['retry-after']);
    const wait = Math.max(named ?? 0, 200 * 2 ** attempt * (0.5 + Math.random()));
    if (waited + wait > mostMs || (named === undefined && attempt + 1 >= mostTries)) return answer;
    await sleep(wait);
    waited += wait;
  }
}

/**
 * A connection that broke off (a server that closed it as we used it again, a proxy in between), or an answer that got lost: Apicurio 3 keeps one of some
 * 200,000 requests to itself.
 */
const broken = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', lostCode]);
const readAgainMs = [200, 600];

/**
 * Sends a read again, twice at most and with jitter, where the connection broke off or the server failed (500, 502, 503, 504): what passes by itself shall not cost
 * a plan all that stands there. A server that refuses connections or says nothing is not asked again.
 */
export async function readAgain(send: (attempt: number) => Promise<Exchanged>): Promise<Exchanged> {
  for (let attempt = 0; ; attempt++) {
    const wait = readAgainMs[attempt];
    try {
      const answer = await send(attempt);
      if (wait === undefined || answer.status < 500) return answer;
    } catch (error) {
      if (wait === undefined || !broken.has(String((error as { code?: unknown }).code))) throw error;
    }
    await sleep(wait * (0.5 + Math.random()));
  }
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110, section 10.2.3). */
export function waitOf(header: string | string[] | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined || text.trim() === '') return undefined;
  const ms = /^\s*\d+\s*$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
