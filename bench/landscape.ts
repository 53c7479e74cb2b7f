import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BenchSchemaType, schemaText, typeOf } from './schema-texts.ts';

export interface BenchLandscape {
  readonly prefix: string;
  readonly topics: number;
  readonly bootstrap: string;
  readonly user: string;
  /** So many of the topics, from the first on, get an Acl document of five operations for the one account. */
  readonly withAcls?: number;
  /** Fewer than the five operations in each Acl document. */
  readonly operationsEach?: number;
  /** `retention.ms` of the very first topic, for a landscape with one change. */
  readonly firstRetention?: string;
  /** `retention.ms` of all other topics. */
  readonly retention?: string;
  /** So many SCRAM accounts. */
  readonly accounts?: number;
  /** So many Schema documents, each with a file of its own. */
  readonly schemas?: number;
  /** In Avro alone, or in all three languages in turn. */
  readonly languages?: 1 | 3;
  /** So many Connector documents, each with the configuration of a usual one. */
  readonly connectors?: number;
  readonly registry?: string | undefined;
  readonly connect?: string | undefined;
}

const endings: Readonly<Record<BenchSchemaType, string>> = { AVRO: 'avsc', PROTOBUF: 'proto', JSON: 'json' };
const perFile = 500;
/** Five ACL bindings for each topic. */
const operations = ['READ', 'WRITE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'DELETE'];
/** An account that logs in by certificate: no user has to be made for it. */
const principal = 'User:CN=shop-app';

const document = (kind: string, name: string, spec: object): string =>
  `---\napiVersion: kaas.dev/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${JSON.stringify(spec)}\n`;

/** A landscape of one tenant with so many topics, 500 documents of a kind in a file, on the benchmark's cluster. Written again, it changes in place. */
export function writeBenchLandscape(folder: string, landscape: BenchLandscape): void {
  const {
    prefix,
    topics,
    bootstrap,
    user,
    withAcls = 0,
    retention = '7d',
    firstRetention = retention,
    accounts = 0,
    operationsEach,
    schemas = 0,
    languages = 3,
    connectors = 0,
    registry,
    connect,
  } = landscape;
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const connection = {
    bootstrapServers: [bootstrap],
    protocol: 'SASL_PLAINTEXT',
    mechanism: 'SCRAM-SHA-512',
    username: user,
    password: { env: 'BENCH_PASSWORD' },
    ...(registry === undefined ? {} : { schemaRegistry: { url: registry } }),
    ...(connect === undefined ? {} : { connect: { main: { url: connect } } }),
  };
  const defaults = { topic: { partitions: 1, replicationFactor: 1 } };
  write('kaas.yaml', document('Landscape', 'bench', { environments: ['dev'], defaults }));
  write('platform/environments/dev.yaml', document('Environment', 'dev', { clusters: { main: 'main' }, prefix }));
  write('platform/clusters/main.yaml', document('KafkaCluster', 'main', { connection }));
  write('platform/tenants/shop.yaml', document('Tenant', 'shop', { principals: [principal] }));
  if (withAcls > 0)
    write('tenants/shop/account.yaml', document('ServiceAccount', 'shop.app', { principal, authentication: { type: 'tls' } }));
  inFiles(topics, (start, indexes) => {
    const texts = indexes.map(index =>
      document('Topic', `shop.topic-${index}`, {
        config: { 'retention.ms': index === 0 ? firstRetention : retention, 'cleanup.policy': 'delete' },
      }),
    );
    write(`tenants/shop/topics-${start}.yaml`, texts.join(''));
  });
  inFiles(accounts, (start, indexes) => {
    const scram = { authentication: { type: 'scram-sha-512' } };
    write(
      `tenants/shop/accounts-${start}.yaml`,
      indexes.map(index => document('ServiceAccount', `shop.user-${index}`, scram)).join(''),
    );
  });
  inFiles(schemas, (start, indexes) => {
    const texts = indexes.map(index => {
      const type = typeOf(languages === 1 ? 0 : index);
      const file = `schemas/record-${index}.${endings[type]}`;
      write(`tenants/shop/${file}`, schemaText(type, index, 3));
      return document('Schema', `shop.topic-${index}-value`, { type, file });
    });
    write(`tenants/shop/schemas-${start}.yaml`, texts.join(''));
  });
  inFiles(connectors, (start, indexes) => {
    const texts = indexes.map(index => document('Connector', `shop.reader-${index}`, connectorSpec(index)));
    write(`tenants/shop/connectors-${start}.yaml`, texts.join(''));
  });
  inFiles(withAcls, (start, indexes) => {
    const texts = indexes.map(index =>
      document('Acl', `shop.topic-${index}`, {
        serviceAccount: 'shop.app',
        resource: { type: 'topic', name: `shop.topic-${index}` },
        operations: operations.slice(0, operationsEach),
      }),
    );
    write(`tenants/shop/acls-${start}.yaml`, texts.join(''));
  });
}

/** Stopped: three hundred producers would measure the worker, and what is read of a connector is the same. */
const connectorSpec = (index: number): object => ({
  connect: 'main',
  class: 'org.apache.kafka.connect.file.FileStreamSourceConnector',
  state: 'stopped',
  config: {
    'tasks.max': 1,
    file: `/nowhere/lines-${index}.txt`,
    topic: `shop.lines-${index}`,
    'batch.size': 500,
    'errors.tolerance': 'all',
    'errors.log.enable': true,
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': false,
    transforms: 'hoist,stamp',
    'transforms.hoist.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
    'transforms.hoist.field': 'line',
    'transforms.stamp.type': 'org.apache.kafka.connect.transforms.InsertField$Value',
    'transforms.stamp.static.field': 'source',
    'transforms.stamp.static.value': `reader-${index}`,
  },
});

function inFiles(count: number, write: (start: number, indexes: number[]) => void): void {
  for (let start = 0; start < count; start += perFile)
    write(
      start,
      Array.from({ length: Math.min(perFile, count - start) }, (_, index) => start + index),
    );
}
