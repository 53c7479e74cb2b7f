import { Fault, type ItemResult, refused, succeeded } from '#model/fault.ts';
import type {
  Connect,
  ConnectorConfig,
  ConnectorPlugin,
  ConnectorVerdict,
  LiveConnector,
  SecretPlaces,
  WantedState,
} from '#ports/connect.ts';

/** A class of the workers in memory: its kind and the keys that it knows. */
export interface MemoryPlugin {
  readonly type: 'source' | 'sink';
  readonly keys: Readonly<Record<string, { readonly type: string; readonly default?: string; readonly required?: boolean }>>;
}

interface Kept {
  config: Record<string, string>;
  state: WantedState;
  failed: Set<number>;
  offsets: { partition: Record<string, unknown>; offset: Record<string, unknown> }[];
}

/** What a test may look at and change behind the port. */
export interface MemoryConnect extends Connect {
  readonly kept: Map<string, Kept>;
}

const always: MemoryPlugin['keys'] = {
  name: { type: 'STRING', required: true },
  'connector.class': { type: 'STRING', required: true },
  'tasks.max': { type: 'INT', default: '1' },
};
const file: MemoryPlugin['keys'] = { file: { type: 'STRING' }, 'batch.size': { type: 'INT', default: '2000' } };

/** The file connectors of Apache Kafka, by name and keys. */
const filePlugins: Readonly<Record<string, MemoryPlugin>> = {
  'org.apache.kafka.connect.file.FileStreamSourceConnector': {
    type: 'source',
    keys: { ...file, topic: { type: 'STRING', required: true } },
  },
  'org.apache.kafka.connect.file.FileStreamSinkConnector': {
    type: 'sink',
    keys: { file: { type: 'STRING' }, topics: { type: 'LIST' } },
  },
};

/** The port `Connect` in memory: what Connect's REST API promises, with connectors that do nothing. */
export function memoryConnect(
  options: {
    readonly plugins?: Readonly<Record<string, MemoryPlugin>>;
    readonly address?: string;
    readonly secrets?: SecretPlaces;
  } = {},
): MemoryConnect {
  const plugins = options.plugins ?? filePlugins;
  const kept = new Map<string, Kept>();
  const byApi = new Map<string, number>();
  const requests = { byApi, writes: 0 };
  const count = (api: string, writes = false) => {
    byApi.set(api, (byApi.get(api) ?? 0) + 1);
    if (writes) requests.writes++;
  };
  const short = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const pluginOf = (name: string): MemoryPlugin | undefined =>
    Object.entries(plugins).find(([full]) => [full, short(full), short(full).replace(/Connector$/, '')].includes(name))?.[1];
  const each = async <Item, Value>(items: readonly Item[], work: (item: Item) => Value): Promise<ItemResult<Value>[]> =>
    items.map(item => {
      try {
        return { ok: true, value: work(item) };
      } catch (error) {
        if (error instanceof Fault) return refused(error);
        throw error;
      }
    });
  const at = (name: string): Kept => {
    const found = kept.get(name);
    if (found === undefined) throw new Fault('connect/not-found', `${name}: there is no such connector.`);
    return found;
  };
  const verdict = ({ name, config }: ConnectorConfig): ConnectorVerdict => {
    const plugin = pluginOf(config['connector.class'] ?? '');
    if (plugin === undefined) throw new Fault('connect/invalid', `validating ${name}: no class ${config['connector.class']}.`);
    return { fields: fieldsOf(plugin, { name, ...config }) };
  };
  const refuseInvalid = (config: ConnectorConfig) => {
    const wrong = verdict(config).fields.flatMap(field => field.errors);
    if (wrong.length > 0) throw new Fault('connect/invalid', `${config.name}: ${wrong.join(' ')}`);
  };
  return {
    kept,
    requests,
    address: options.address ?? 'memory',
    ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    describe: async () => ({ version: 'memory', kafkaClusterId: null }),
    async connectors() {
      count('GET /connectors?expand=info&expand=status');
      return [...kept].map(([name, own]) => liveOf(name, own, pluginOf(own.config['connector.class'] ?? '')));
    },
    async names() {
      count('GET /connectors');
      return [...kept.keys()];
    },
    async plugins() {
      count('GET /connector-plugins');
      return Object.entries(plugins).map<ConnectorPlugin>(([name, { type }]) => ({ class: name, type, version: null }));
    },
    validate: configs =>
      each(configs, config => {
        count('PUT /connector-plugins/{class}/config/validate');
        return verdict(config);
      }),
    create: connectors =>
      each(connectors, ({ name, config, state }) => {
        count('POST /connectors', true);
        if (kept.has(name)) throw new Fault('connect/conflict', `creating ${name}: Connector ${name} already exists`);
        refuseInvalid({ name, config });
        kept.set(name, { config: { name, ...config }, state, failed: new Set(), offsets: [] });
      }),
    configure: configs =>
      each(configs, ({ name, config }) => {
        count('PUT /connectors/{name}/config', true);
        refuseInvalid({ name, config });
        const known = kept.get(name) ?? { state: 'running' as const, offsets: [] };
        kept.set(name, { ...known, config: { name, ...config }, failed: new Set() });
      }),
    setState: states =>
      each(states, ({ name, state }) => {
        count('PUT /connectors/{name}/{state}', true);
        at(name).state = state;
      }),
    remove: names =>
      each(names, name => {
        count('DELETE /connectors/{name}', true);
        kept.delete(name);
      }),
    async restart(name) {
      count('POST /connectors/{name}/restart', true);
      const [result] = await each([name], one => at(one).failed.clear());
      return result?.ok === false ? result : succeeded;
    },
    offsets: async name => kept.get(name)?.offsets ?? null,
    async resetOffsets(name) {
      count('DELETE /connectors/{name}/offsets', true);
      const [result] = await each([name], one => {
        if (at(one).state !== 'stopped')
          throw new Fault('connect/invalid', `resetting the offsets of ${one}: it is not stopped.`);
        at(one).offsets = [];
      });
      return result?.ok === false ? result : succeeded;
    },
    async [Symbol.asyncDispose]() {},
  };
}

function fieldsOf({ keys }: MemoryPlugin, config: Readonly<Record<string, string>>): ConnectorVerdict['fields'] {
  return Object.entries({ ...always, ...keys }).map(([name, key]) => {
    const value = config[name];
    const errors =
      value === undefined && key.required
        ? [`Missing required configuration "${name}" which has no default value.`]
        : value !== undefined && key.type === 'INT' && !/^-?\d+$/.test(value)
          ? [`Invalid value ${value} for configuration ${name}: Not a number of type INT`]
          : [];
    return { name, errors, type: key.type, default: key.default ?? null };
  });
}

function liveOf(name: string, { config, state, failed }: Kept, plugin: MemoryPlugin | undefined): LiveConnector {
  const count = state === 'stopped' ? 0 : Number(config['tasks.max'] ?? 1);
  return {
    name,
    config,
    type: plugin?.type ?? 'unknown',
    state: state.toUpperCase(),
    tasks: Array.from({ length: count }, (_, id) => ({
      id,
      state: failed.has(id) ? 'FAILED' : state.toUpperCase(),
      trace: failed.has(id) ? 'failed in memory' : null,
    })),
  };
}
