import { createHash } from 'node:crypto';
import type { Outside } from '#flow/outside.ts';
import { kinds } from '#kinds/registry.ts';
import { Fault } from '#model/fault.ts';
import { Redacted } from '#model/redacted.ts';
import type { Connect } from '#ports/connect.ts';
import type { Kafka } from '#ports/kafka.ts';
import type { Secrets } from '#ports/secrets.ts';
import { memorySchemaRegistry } from '#targets/memory/schema-registry.ts';
import { memorySecrets } from '#targets/memory/secrets.ts';
import { memoryStore } from '#targets/memory/store.ts';

const registry = new Map(kinds.map(kind => [kind.name, kind]));

/** The flow's surroundings in memory: files are JSON texts by name, one document each; every cluster name opens the same Kafka, or the one that `kafka` gives it. */
export function memoryOutside(
  files: ReadonlyMap<string, object>,
  kafka: Kafka | ((cluster: string) => Kafka),
  beside: { readonly connect?: Connect | ((name: string) => Connect); readonly secrets?: Secrets } = {},
): Outside {
  const store = memoryStore();
  const secrets = beside.secrets ?? memorySecrets();
  const schemas = memorySchemaRegistry();
  let serial = 0;
  return {
    kinds: registry,
    files: {
      revision: async () => 'working tree',
      read: async () => ({ texts: [...files].map(([file, value]) => ({ file, text: JSON.stringify(value) })), problems: [] }),
      readTexts: async paths => paths.map(() => ({ refused: 'there is no such file' })),
    },
    documents: {
      async *parse(texts) {
        for (const { file, text } of texts)
          yield { file, documents: [{ value: JSON.parse(text), marks: new Int32Array(0) }], problems: [] };
      },
      async [Symbol.asyncDispose]() {},
    },
    store: async () => store,
    cluster: async name => ({
      kafka: typeof kafka === 'function' ? kafka(name) : kafka,
      secrets: name => {
        if (name !== 'local') throw new Fault('secrets/no-store', `There is no store \`${name}\` in memory.`);
        return secrets;
      },
      schemaRegistry: async () => schemas,
      connect: async name => {
        if (beside.connect === undefined) throw new Fault('connect/none', 'There is no Connect cluster in memory.');
        return typeof beside.connect === 'function' ? beside.connect(name) : beside.connect;
      },
      connectClusters: beside.connect === undefined ? [] : ['main'],
      authority: () => Promise.reject(new Fault('certificates/none', 'There is no authority in memory.')),
    }),
    secrets: () => () => secrets,
    now: () => new Date('2026-01-01T00:00:00Z'),
    sleep: async () => {},
    id: () => `id-${++serial}`,
    password: () => new Redacted(`password-${++serial}`),
    digest: text => `sha256:${createHash('sha256').update(text).digest('hex')}`,
    actor: async () => 'test',
    signal: new AbortController().signal,
    progress: () => {},
  };
}

export const document = (kind: string, name: string, spec: object): object => ({
  apiVersion: 'kaas.dev/v1',
  kind,
  metadata: { name },
  spec,
});

/** Landscape, one environment on one cluster, one tenant `t` that owns `t.*`. */
export const frame = (environment: object = {}): [string, object][] => [
  [
    'kaas.yaml',
    document('Landscape', 'memory', { environments: ['dev'], defaults: { topic: { partitions: 1, replicationFactor: 1 } } }),
  ],
  ['platform/environments/dev.yaml', document('Environment', 'dev', { clusters: { main: 'main' }, ...environment })],
  ['platform/clusters/main.yaml', document('KafkaCluster', 'main', { connection: 'local' })],
  ['platform/tenants/t.yaml', document('Tenant', 't', {})],
];
