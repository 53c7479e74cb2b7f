import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '#model/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '#model/json.ts';
import type {
  Connect,
  ConnectorOffset,
  ConnectorPlugin,
  ConnectorVerdict,
  LiveConnector,
  SecretPlaces,
  WantedState,
} from '#ports/connect.ts';
import type { EndpointConnection } from '#ports/connection.ts';
import { addressOf, messageOf, type RestAnswer, type RestRequest, restClient } from './client.ts';
import { eachResult } from './in-parallel.ts';

/** While workers rebalance they answer 409; tried again for about half a minute. */
const rebalanceTries = 12;
const waitMs = (attempt: number): number => Math.min(200 * 2 ** attempt, 4_000) * (0.5 + Math.random());

const verbs: Readonly<Record<WantedState, string>> = { running: 'resume', paused: 'pause', stopped: 'stop' };

/** A Kafka Connect cluster by its REST API (Apache Kafka 4.x; offsets and `stopped` need 3.6). */
export function openConnect(connection: EndpointConnection, secrets?: SecretPlaces): Connect {
  const client = restClient(connection, 'connect');
  const refusal = (answer: RestAnswer, about: string): Fault => {
    const codes: Readonly<Record<number, string>> = {
      400: 'invalid',
      403: 'authorization-failed',
      404: 'not-found',
      409: 'conflict',
      429: 'throttled',
    };
    return new Fault(`connect/${codes[answer.status] ?? `status-${answer.status}`}`, `${about}: ${messageOf(answer.body)}`);
  };
  const send = async (request: RestRequest): Promise<RestAnswer> => {
    for (let attempt = 0; ; attempt++) {
      const answer = await client.send(request);
      const rebalancing = answer.status === 409 && !/already exists/i.test(messageOf(answer.body));
      if (!rebalancing || attempt >= rebalanceTries) return answer;
      await sleep(answer.retryAfterMs ?? waitMs(attempt));
    }
  };
  const ask = async (request: RestRequest, about: string, none?: number): Promise<Json | undefined> => {
    const answer = await send(request);
    if (answer.status === none) return undefined;
    if (answer.status >= 400) throw refusal(answer, about);
    return answer.body;
  };
  const at = (name: string, rest = '') => ({
    path: `/connectors/${encodeURIComponent(name)}${rest}`,
    api: `/connectors/{name}${rest}`,
  });
  /** Names the Connect cluster: of several, a message must say which. */
  const theWorkers = (did: string) => `The ${connection.label}, ${did}`;
  const listed = (body: Json | undefined, what: string): Json[] => {
    if (Array.isArray(body)) return body;
    throw new Fault('connect/no-list', `The ${connection.label} answered ${what} with something else than a list.`);
  };

  /** Workers answer what they keep now; an answer that does not is from something in between, and proves nothing. */
  const took = (name: string, body: Json | undefined, about: string): void => {
    if (!isJsonObject(body) || body.name !== name)
      throw new Fault('connect/outcome-unknown', theWorkers(`${about}: the answer does not say that it is kept.`));
  };

  const { host, pathname } = addressOf(connection.url);
  return {
    requests: client.requests,
    address: `${host}${pathname.replace(/\/+$/, '')}`,
    ...(secrets === undefined ? {} : { secrets }),
    async describe() {
      const body = await ask({ method: 'GET', path: '/', api: '/' }, theWorkers('reading the worker'));
      const { version, kafka_cluster_id: id } = isJsonObject(body) ? body : {};
      return { version: String(version ?? ''), kafkaClusterId: typeof id === 'string' ? id : null };
    },
    async connectors() {
      const path = '/connectors?expand=info&expand=status';
      const body = await ask({ method: 'GET', path, api: path }, theWorkers('listing connectors'));
      if (!isJsonObject(body)) throw new Fault('connect/no-list', `The ${connection.label} did not list its connectors.`);
      return Object.entries(body).map(([name, each]) => liveConnector(connection.label, name, each));
    },
    async names() {
      return listed(
        await ask({ method: 'GET', path: '/connectors', api: '/connectors' }, theWorkers('listing connectors')),
        'its connectors',
      ).map(String);
    },
    async plugins() {
      const path = '/connector-plugins';
      return listed(await ask({ method: 'GET', path, api: path }, theWorkers('listing plug-ins')), path).map(plugin);
    },
    validate: configs =>
      eachResult(configs, async ({ name, config }) => {
        const kind = String(config['connector.class'] ?? '');
        const path = `/connector-plugins/${encodeURIComponent(kind)}/config/validate`;
        const api = '/connector-plugins/{class}/config/validate';
        const about = `validating ${name}`;
        return verdict(await ask({ method: 'PUT', path, api, body: { name, ...config } }, about).catch(asRefusal(about)));
      }),
    create: connectors =>
      eachResult(connectors, async ({ name, config, state }) => {
        const body = { name, config: { ...config }, initial_state: state.toUpperCase() };
        const about = `creating ${name}`;
        took(name, await ask({ method: 'POST', path: '/connectors', api: '/connectors', body, writes: true }, about), about);
      }),
    configure: configs =>
      eachResult(configs, async ({ name, config }) => {
        const about = `configuring ${name}`;
        took(name, await ask({ method: 'PUT', ...at(name, '/config'), body: { ...config }, writes: true }, about), about);
      }),
    setState: states =>
      eachResult(states, async ({ name, state }) => {
        await ask({ method: 'PUT', ...at(name, `/${verbs[state]}`), writes: true }, `${name}, ${verbs[state]}`);
      }),
    remove: names =>
      eachResult(names, async name => {
        await ask({ method: 'DELETE', ...at(name), writes: true }, `deleting ${name}`, 404);
      }),
    async restart(name, { onlyFailed }) {
      const [result] = await eachResult([name], async () => {
        const query = `/restart?includeTasks=true&onlyFailed=${onlyFailed}`;
        await ask({ method: 'POST', ...at(name, query), writes: true }, `restarting ${name}`);
      });
      return result as NonNullable<typeof result>;
    },
    async offsets(name) {
      const body = await ask({ method: 'GET', ...at(name, '/offsets') }, `reading the offsets of ${name}`, 404);
      return isJsonObject(body) ? (listed(body.offsets, 'offsets') as unknown as ConnectorOffset[]) : null;
    },
    async resetOffsets(name) {
      const [result] = await eachResult([name], async () => {
        await ask({ method: 'DELETE', ...at(name, '/offsets'), writes: true }, `resetting the offsets of ${name}`);
      });
      return result as NonNullable<typeof result>;
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** What passes by itself; everything else that a plug-in throws over a configuration, it throws again when the connector is made. */
const passing = /Timeout|Retriable|Rebalanc|Leader|Disconnect|Network|Interrupt/;

/** Workers do not catch what is thrown over a client's overrides, a version or by a plug-in's own checks: a value that is wrong comes back as 500 with its exception. */
const asRefusal = (about: string) => (error: unknown) => {
  const thrown = /answered 500: ((?:\w+\.)+\w+(?:Exception|Error))(?:: (.+))?$/s.exec(
    error instanceof Fault ? error.message : '',
  );
  if (thrown === null || passing.test(thrown[1] as string)) throw error;
  throw new Fault('connect/invalid', `${about}: ${thrown[2] ?? thrown[1]}`);
};

const objectIn = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const textIn = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

function liveConnector(workers: string, name: string, value: Json): LiveConnector {
  const { info, status } = objectIn(value);
  const { config, type } = objectIn(info);
  if (!isJsonObject(config) || !isJsonObject(status))
    throw new Fault('connect/half-an-answer', `The ${workers} listed \`${name}\` without its configuration or status.`);
  const { connector, tasks } = status;
  return {
    name,
    config: Object.fromEntries(Object.entries(config).map(([key, each]) => [key, String(each)])),
    type: type === 'source' || type === 'sink' ? type : 'unknown',
    state: textIn(objectIn(connector).state) ?? 'UNASSIGNED',
    tasks: (Array.isArray(tasks) ? tasks : []).map(each => {
      const { id, state, trace } = objectIn(each);
      return { id: Number(id), state: textIn(state) ?? '', trace: textIn(trace)?.split('\n', 1)[0]?.slice(0, 500) ?? null };
    }),
  };
}

function plugin(value: Json): ConnectorPlugin {
  const { class: name, type, version } = objectIn(value);
  return { class: String(name), type: String(type), version: textIn(version) };
}

function verdict(body: Json | undefined): ConnectorVerdict {
  const { configs } = objectIn(body);
  return {
    fields: (Array.isArray(configs) ? configs : []).map(each => {
      const { definition, value } = objectIn(each);
      const { name, errors } = objectIn(value);
      const { type, default_value: fallback } = objectIn(definition);
      return {
        name: String(name),
        errors: Array.isArray(errors) ? errors.map(String) : [],
        type: textIn(type),
        default: textIn(fallback),
      };
    }),
  };
}
