import { Agent } from 'undici';
import { Fault } from '#model/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type { EndpointConnection, RequestCounts } from '#ports/connection.ts';
import { type Exchanged, exchange } from './exchange.ts';
import { LostAnswers } from './lost-answers.ts';
import { readAgain, unthrottled, waitOf } from './tried-again.ts';

/** Larger answers are refused: a registry of 10,000 large schemas fits. */
const mostBytes = 256 * 1024 * 1024;
const mostInFlight = 16;
/** In multiples of the time in which a server must say something: how long a whole answer may take. */
const wholeAnswer = 10;
/** In the same: when a read counts as lost whose younger sisters were answered. */
const seemsLost = 1 / 6;

/** One request. `api` is the path with names left out, as it is counted; `path` stands below the connection's URL. */
export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly api: string;
  readonly body?: Json;
  /** Sent as a form instead of a body of JSON: what token endpoints take. */
  readonly form?: Readonly<Record<string, string>>;
  /** Beside, or instead of, those that every request carries. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Writes to the outside, and is counted as such. */
  readonly writes?: boolean;
}

/** An answer of any status below 500 whose body was JSON or empty. */
export interface RestAnswer {
  readonly status: number;
  readonly body: Json | undefined;
  /** Seconds that the server asked us to wait, as milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** Speaks JSON over HTTP with one server: bounded in time, size and requests under way. */
export interface RestClient extends AsyncDisposable {
  readonly requests: RequestCounts;
  /**
   * Answers of the 2xx and 4xx classes are returned, for the caller to judge, 429 only after waiting as the server asks. What is no answer throws a `Fault`:
   * `<area>/unreachable`, `/timed-out`, `/tls`, `/redirected` (3xx: nothing was done), `/not-authenticated` (401), `/server-error` (5xx), `/no-json` (a page of
   * HTML from a proxy), `/too-large`. After a write that may have arrived the code is `/outcome-unknown`.
   */
  send(request: RestRequest): Promise<RestAnswer>;
}

/** `area` begins the codes of its faults: `registry`, `connect`, `secrets`. `quotes: false` keeps a server's words out of them: it might repeat what it was sent. */
export function restClient(connection: EndpointConnection, area: string, { quotes = true } = {}): RestClient {
  const base = connection.url.replace(/\/+$/, '');
  const { origin, pathname } = addressOf(base);
  const root = pathname.replace(/\/$/, '');
  const timeout = connection.requestTimeoutMs ?? 30_000;
  const { ca, certificate, key } = connection.tls ?? {};
  const agent = new Agent({
    connections: mostInFlight,
    pipelining: 1,
    connect: {
      timeout,
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key: key.reveal() }),
    },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: mostBytes,
  });
  const headers: Record<string, string> = { accept: 'application/json, */*;q=0.1', 'user-agent': 'kaas' };
  if (connection.token !== undefined) headers.authorization = `Bearer ${connection.token.reveal()}`;
  else if (connection.username !== undefined)
    headers.authorization = `Basic ${Buffer.from(`${connection.username}:${connection.password?.reveal() ?? ''}`).toString('base64')}`;
  const lost = new LostAnswers(timeout * seemsLost);
  const byApi = new Map<string, number>();
  const counts = { byApi, writes: 0 };
  const fault = (code: string, message: string, more: ConstructorParameters<typeof Fault>[2] = {}) =>
    new Fault(`${area}/${code}`, `The ${connection.label} at ${shown(base)} ${message}`, more);

  return {
    requests: counts,
    async send({ method, path, api, writes, ...request }) {
      const counted = `${method} ${api}`;
      byApi.set(counted, (byApi.get(counted) ?? 0) + 1);
      if (writes) counts.writes++;
      let answer: Exchanged;
      try {
        const sent = { origin, path: root + path, method, ...payload(request, headers) };
        const once = (maySendAgain: boolean) =>
          unthrottled(() => exchange(agent, sent, { withinMs: wholeAnswer * timeout, lost, maySendAgain }));
        answer = await (method === 'GET' ? readAgain(attempt => once(attempt === 0)) : once(false));
      } catch (error) {
        throw failed(error, { fault, writes: writes === true });
      }
      const { status, text } = answer;
      if (status === 401)
        throw fault('not-authenticated', 'does not accept our login (401).', {
          remedy: 'Check the user, password or token that its document names for it.',
        });
      if (status >= 300 && status < 400) throw fault('redirected', `sends us elsewhere (${status}).`, { remedy: elsewhere });
      if (status >= 500 && !isStated(text)) throw fault('server-error', `answered ${status}.`, { retry: 'later' });
      const parsed = jsonOf(text);
      // What throttles is often a gateway, with words of its own.
      if (parsed === undefined && text !== '' && status !== 429)
        throw fault(
          'no-json',
          `answered ${status} with something that is no JSON${/^\s*</.test(text) ? ' (a page of HTML: is a proxy in between?)' : ''}.`,
        );
      if (status >= 500)
        throw fault('server-error', `answered ${status}${quotes ? `: ${messageOf(parsed as JsonObject)}` : '.'}`, {
          retry: 'later',
        });
      return { status, body: parsed, retryAfterMs: waitOf(answer.headers['retry-after']) };
    },
    async [Symbol.asyncDispose]() {
      await agent.destroy();
    },
  };
}

function payload({ body, form, headers: own }: Omit<RestRequest, 'method' | 'path' | 'api'>, common: Record<string, string>) {
  if (form !== undefined)
    return {
      headers: { ...common, 'content-type': 'application/x-www-form-urlencoded', ...own },
      body: new URLSearchParams(form).toString(),
    };
  if (body === undefined) return { headers: own === undefined ? common : { ...common, ...own }, body: null };
  return { headers: { ...common, 'content-type': 'application/json', ...own }, body: JSON.stringify(body) };
}

/** Without a login that somebody wrote into the address. */
function shown(url: string): string {
  const { protocol, host, pathname } = addressOf(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

type Faults = (code: string, message: string, more?: ConstructorParameters<typeof Fault>[2]) => Fault;
/** Not followed: the login would go along, and what was written would be asked for with GET (RFC 9110, section 15.4). */
const elsewhere =
  'Write the address at which it answers itself into its document: a redirect is not followed. A page to log in at lies behind many.';
const nothingSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

function failed(error: unknown, { fault, writes }: { fault: Faults; writes: boolean }): Fault {
  const code = String((error as { code?: unknown }).code ?? '');
  const cause = { cause: error };
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/.test(code))
    return fault('tls', `does not speak TLS (${code}).`, {
      ...cause,
      remedy: 'Write `http://` in its URL, or the port that speaks TLS.',
    });
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH|ALTNAME/.test(code))
    return fault('tls', `could not be trusted or did not trust us (${code}).`, {
      ...cause,
      remedy: 'Check `tls` of this endpoint: its `ca` must have signed the certificate, whose name must be the host in the URL.',
    });
  if (nothingSent.has(code)) return fault('unreachable', `cannot be reached (${code}).`, { ...cause, retry: 'later' });
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return fault('too-large', `answered more than ${mostBytes} bytes.`, cause);
  if (writes) return fault('outcome-unknown', `did not say what became of the request (${code || 'no answer'}).`, cause);
  if (/TIMEOUT/.test(code)) return fault('timed-out', 'did not answer in time.', { ...cause, retry: 'later' });
  return fault('unreachable', `broke off (${code || 'no answer'}).`, { ...cause, retry: 'later' });
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const isStated = (text: string): boolean => isJsonObject(jsonOf(text) ?? null);

/** What a server says went wrong, bounded; both Connect and the registries write `message`. */
export function messageOf(body: Json | undefined): string {
  const message = isJsonObject(body ?? null) ? (body as JsonObject).message : undefined;
  return typeof message === 'string' ? message.slice(0, 2_000) : 'it gave no reason';
}

/** The address as a URL. One that was hidden, as it held a password, is none: its document has that problem, and nothing is asked. Throws `rest/bad-address`. */
export function addressOf(url: string): URL {
  if (URL.canParse(url)) return new URL(url);
  throw new Fault('rest/bad-address', 'Its address is no URL, or holds a password in clear.', {
    remedy: 'Correct `url` in its document.',
  });
}
