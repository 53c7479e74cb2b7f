import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInBackground } from './kafka-tools.ts';

export interface Worker extends AsyncDisposable {
  /** Does its REST interface answer? */
  answers(): Promise<boolean>;
  /** Asks for a connector; whether the worker took the request. */
  create(name: string, config: Readonly<Record<string, string>>): Promise<boolean>;
  /** Replaces its configuration, as somebody does who does not ask us; whether the worker took it. */
  configure(name: string, config: Readonly<Record<string, string>>): Promise<boolean>;
  /** The state of the connector's first task, as its workers agreed on it. */
  state(name: string): Promise<string | undefined>;
  /** Can it read back how far a connector has come (KIP-875)? */
  knowsOffsets(name: string): Promise<boolean>;
  output(): string;
  /** Where its REST interface is. */
  readonly url: string;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}

/** A login as settings of a connector's own client: `producer.override.sasl.jaas.config` and so on. */
export const clientSettings = (prefix: string, properties: string): Record<string, string> =>
  Object.fromEntries(
    properties
      .split('\n')
      .filter(line => /^(security|sasl)\./.test(line))
      .map(line => [`${prefix}${line.slice(0, line.indexOf('='))}`, line.slice(line.indexOf('=') + 1)]),
  );

/** Starts a real distributed Connect worker that logs in as somebody, with `group` as its group and `group-configs`, `-offsets`, `-status` as its topics. */
export async function startWorker(
  properties: string,
  group: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Worker> {
  const port = await freePort();
  const logins = ['', 'producer.', 'consumer.', 'admin.'].flatMap(prefix => Object.entries(clientSettings(prefix, properties)));
  const all = {
    'bootstrap.servers': process.env.KAAS_TEST_BOOTSTRAP ?? '',
    'group.id': group,
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    ...Object.fromEntries(
      (['config', 'offset', 'status'] as const).flatMap(each => [
        [`${each}.storage.topic`, `${group}-${each}s`],
        [`${each}.storage.replication.factor`, '1'],
      ]),
    ),
    'offset.flush.interval.ms': '500',
    'plugin.discovery': 'service_load',
    'connector.client.config.override.policy': 'All',
    listeners: `http://127.0.0.1:${port}`,
    ...Object.fromEntries(logins),
    ...settings,
  };
  const text = Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
  const running = runInBackground('org.apache.kafka.connect.cli.ConnectDistributed', text);
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  return {
    answers: async () => (await ask('/connectors'))?.ok === true,
    async create(name, config) {
      const body = JSON.stringify({ name, config });
      return (await ask('/connectors', { method: 'POST', headers: { 'content-type': 'application/json' }, body }))?.ok === true;
    },
    async configure(name, config) {
      const headers = { 'content-type': 'application/json' };
      return (await ask(`/connectors/${name}/config`, { method: 'PUT', headers, body: JSON.stringify(config) }))?.ok === true;
    },
    async state(name) {
      const answer = await ask(`/connectors/${name}/status`);
      if (answer?.ok !== true) return undefined;
      return ((await answer.json()) as { tasks: { state: string }[] }).tasks[0]?.state;
    },
    async knowsOffsets(name) {
      const answer = await ask(`/connectors/${name}/offsets`);
      return answer?.ok === true && ((await answer.json()) as { offsets: unknown[] }).offsets.length > 0;
    },
    output: running.output,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

/** True as soon as it holds, false when the time is over. */
export async function within(ms: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const until = Date.now() + ms; Date.now() < until; await sleep(500)) if (await holds()) return true;
  return false;
}
