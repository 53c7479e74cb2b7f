import { isIP } from 'node:net';
import {
  type API,
  type Connection,
  ConnectionPool,
  describeClusterV1,
  protocolAPIsById,
  ResponseError,
} from '@platformatic/kafka';
import { Fault } from '#model/fault.ts';
import type { KafkaConnection } from '#ports/connection.ts';
import type { Broker } from '#ports/kafka.ts';
import { bearerToken } from './bearer-token.ts';
import { connectionFault, faultOf } from './faults.ts';
import { isWrite, RequestLog } from './requests.ts';
import { rightFor } from './rights.ts';

interface Lane {
  readonly pool: ConnectionPool;
  /** Requests that wait for their answer, by broker address. */
  readonly underWay: Map<string, number>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const connectMs = 8_000;
/** A broker answers one request of a connection after the other: with more than this many under way, half of them go by a second connection. */
const busy = 3;

/**
 * The connections to one cluster's brokers, opened on first use: one per broker, a second one for many reads at once. Reads are tried again once on another broker when a
 * connection breaks; a write whose connection breaks after it was sent is `kafka/outcome-unknown` and never repeated.
 */
export class Brokers implements AsyncDisposable {
  readonly requests = new RequestLog();
  readonly #lanes: readonly Lane[];
  readonly #connection: KafkaConnection;
  #known: Broker[] = [];
  /** By API, how often it was called: the turn goes round for each by itself. */
  readonly #turns = new Map<number, number>();

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
    const options = connectionOptions(connection);
    this.#lanes = [0, 1].map(() => ({ pool: new ConnectionPool('kaas', options), underWay: new Map() }));
    // Without a listener a failing TLS 1.3 handshake with SASL emits an unheard `error` and ends the process.
    for (const { pool } of this.#lanes) pool.on('connecting', ({ connection: opened }) => void opened.on('error', () => {}));
  }

  get known(): readonly Broker[] {
    return this.#known;
  }

  /** Finds the brokers behind the bootstrap addresses: the first that answers tells. */
  async discover(): Promise<Awaited<ReturnType<typeof describeClusterV1.api.async>>> {
    let failure: Fault | undefined;
    for (const address of this.#bootstrap()) {
      try {
        const answer = await this.#firstContact(address);
        this.#known = answer.brokers.map(({ brokerId, host, port, rack }) => ({ id: brokerId, host, port, rack: rack ?? null }));
        return answer;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        failure = error;
        if (error.code === 'kafka/wrong-credentials') break;
      }
    }
    throw failure ?? new Fault('kafka/unreachable', `${this.#connection.label} names no bootstrap server.`);
  }

  /** The first request on a new connection: where a broker hangs up on it, protocol or client certificate are wrong rather than the address. */
  async #firstContact(address: Address) {
    try {
      return await this.callAt(address, describeClusterV1.api, [true, 1], false, connectMs);
    } catch (error) {
      throw error instanceof Fault ? firstContactFault(error, this.#connection) : error;
    }
  }

  #bootstrap(): Address[] {
    return this.#connection.bootstrapServers.map(server => {
      const colon = server.lastIndexOf(':');
      return { host: server.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(server.slice(colon + 1)) };
    });
  }

  /** Any broker; a call of the same API asks the next one, so that a second read of the same thing asks somebody else whatever came between. */
  async call<Arguments extends unknown[], Answer>(
    api: API<Arguments, Answer>,
    args: Arguments,
    validateOnly = false,
  ): Promise<Answer> {
    if (this.#known.length === 0) await this.discover();
    try {
      return await this.callAt(this.#next(api.key), api, args, validateOnly);
    } catch (error) {
      const retriable = error instanceof Fault && error.code === 'kafka/unreachable';
      if (!retriable || this.#known.length < 2) throw error;
      return await this.callAt(this.#next(api.key), api, args, validateOnly);
    }
  }

  #next(api: number): Broker {
    const turn = this.#turns.get(api) ?? this.#turns.size;
    this.#turns.set(api, turn + 1);
    return this.#known[turn % this.#known.length] as Broker;
  }

  async callBroker<Arguments extends unknown[], Answer>(
    id: number,
    api: API<Arguments, Answer>,
    args: Arguments,
    validateOnly = false,
  ): Promise<Answer> {
    if (this.#known.length === 0) await this.discover();
    const broker = this.#known.find(each => each.id === id);
    if (broker === undefined)
      throw new Fault('kafka/broker-not-available', `${this.#connection.label} has no live broker ${id}.`, { retry: 'later' });
    return this.callAt(broker, api, args, validateOnly);
  }

  async callAt<Arguments extends unknown[], Answer>(
    address: Address,
    api: API<Arguments, Answer>,
    args: Arguments,
    validateOnly = false,
    deadlineMs?: number,
  ): Promise<Answer> {
    const where = `${this.#connection.label} at ${address.host}:${address.port}`;
    using lane = this.#enter(address);
    let opened: Connection;
    try {
      opened = await withDeadline(lane.pool.get(address), connectMs);
    } catch (error) {
      throw connectionFault(error, where);
    }
    const name = (protocolAPIsById as Record<number, string>)[api.key] ?? String(api.key);
    this.requests.count(name, validateOnly);
    try {
      const answer = api.async(opened, ...args);
      return await (deadlineMs === undefined ? answer : withDeadline(answer, deadlineMs));
    } catch (error) {
      if (error instanceof ResponseError) return answerOf<Answer>(error, rightFor(name));
      if (isWrite(name) && !validateOnly)
        throw new Fault('kafka/outcome-unknown', `${where}: the connection broke while ${name} was under way.`, {
          cause: error,
          remedy: 'Plan again: what was written is read from the cluster.',
        });
      throw connectionFault(error, where);
    }
  }

  /** The less busy connection to a broker, counted as busier until it is left. */
  #enter(address: Address): { readonly pool: ConnectionPool; [Symbol.dispose](): void } {
    const key = `${address.host}:${address.port}`;
    const count = (lane: Lane) => lane.underWay.get(key) ?? 0;
    const [first, second] = this.#lanes as [Lane, Lane];
    const lane = count(first) >= busy && count(second) < count(first) ? second : first;
    lane.underWay.set(key, count(lane) + 1);
    return { pool: lane.pool, [Symbol.dispose]: () => void lane.underWay.set(key, count(lane) - 1) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lanes.map(({ pool }) => pool.close().catch(() => {})));
  }
}

/** The client throws when any item failed; the whole answer stands in the error. A failure of the request itself is thrown as a fault. */
function answerOf<Answer>(error: ResponseError, right: string | undefined): Answer {
  const { response } = error as unknown as {
    response: Answer & { errorCode?: number; errorMessage?: string | null; throttleTimeMs?: number };
  };
  if (response?.errorCode !== undefined && response.errorCode !== 0)
    throw faultOf(response.errorCode, response.errorMessage, { throttleTimeMs: response.throttleTimeMs, right });
  if (response === undefined) throw error;
  return response;
}

async function withDeadline<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

function firstContactFault(fault: Fault, connection: KafkaConnection): Fault {
  const remedy = 'Check that protocol and port of the connection belong together.';
  const { label, protocol } = connection;
  if (fault.code === 'kafka/illegal-sasl-state')
    // The client does not see the broker's refusal of a token (RFC 7628 answers it inside the exchange); the next request tells.
    return protocol.startsWith('SASL')
      ? new Fault('kafka/wrong-credentials', `${label} did not accept our login.`, {
          cause: fault,
          remedy: 'Check the credentials of the connection; with OAUTHBEARER, that its token is accepted here.',
        })
      : new Fault('kafka/unreachable', `${label} wants a login.`, { cause: fault, remedy: `${remedy} Name a SASL protocol.` });
  if (fault.code !== 'kafka/unreachable' || !/closed|ECONNRESET|hang up|EPIPE/i.test(fault.message)) return fault;
  const encrypted = protocol === 'SSL' || protocol === 'SASL_SSL';
  const certificate = encrypted ? ' Where the broker asks for a client certificate, name it in `connection.tls`.' : '';
  return new Fault(
    encrypted ? 'kafka/tls-failed' : 'kafka/unreachable',
    fault.message.replace('cannot be reached', 'ended the connection'),
    { cause: fault, remedy: remedy + certificate },
  );
}

function connectionOptions(connection: KafkaConnection): ConstructorParameters<typeof ConnectionPool>[1] {
  const { protocol, mechanism, username, password, tls, oauth } = connection;
  const encrypted = protocol === 'SSL' || protocol === 'SASL_SSL';
  return {
    connectTimeout: connectMs,
    requestTimeout: connection.requestTimeoutMs ?? 60_000,
    ...(encrypted
      ? {
          tls: {
            ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
            ...(tls?.certificate === undefined ? {} : { cert: tls.certificate }),
            ...(tls?.key === undefined ? {} : { key: tls.key.reveal() }),
          },
          tlsServerName: !connection.bootstrapServers.some(server => isIP(server.slice(0, server.lastIndexOf(':'))) !== 0),
        }
      : {}),
    ...(protocol === 'SASL_PLAINTEXT' || protocol === 'SASL_SSL'
      ? {
          sasl: {
            mechanism: mechanism ?? 'PLAIN',
            ...(username === undefined ? {} : { username }),
            ...(password === undefined ? {} : { password: () => password.reveal() }),
            ...(oauth === undefined ? {} : { token: () => bearerToken(oauth) }),
          },
        }
      : {}),
  };
}
