import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface BenchLandscape {
  readonly prefix: string;
  readonly topics: number;
  readonly bootstrap: string;
  readonly user: string;
  /** So many of the topics, from the first on, get an Acl document of five operations for the one account. */
  readonly withAcls?: number;
  /** `retention.ms` of the very first topic, for a landscape with one change. */
  readonly firstRetention?: string;
}

const perFile = 500;
/** Five ACL bindings for each topic. */
export const operations = ['READ', 'WRITE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'DELETE'];
/** An account that logs in by certificate: no user has to be made for it. */
export const principal = 'User:CN=shop-app';

const document = (kind: string, name: string, spec: object): string =>
  `---\napiVersion: kaas.dev/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${JSON.stringify(spec)}\n`;

/** A landscape of one tenant with so many topics, 500 documents of a kind in a file, on the benchmark's cluster. Written again, it changes in place. */
export function writeBenchLandscape(folder: string, landscape: BenchLandscape): void {
  const { prefix, topics, bootstrap, user, withAcls = 0, firstRetention = '7d' } = landscape;
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
        config: { 'retention.ms': index === 0 ? firstRetention : '7d', 'cleanup.policy': 'delete' },
      }),
    );
    write(`tenants/shop/topics-${start}.yaml`, texts.join(''));
  });
  inFiles(withAcls, (start, indexes) => {
    const texts = indexes.map(index =>
      document('Acl', `shop.topic-${index}`, {
        serviceAccount: 'shop.app',
        resource: { type: 'topic', name: `shop.topic-${index}` },
        operations,
      }),
    );
    write(`tenants/shop/acls-${start}.yaml`, texts.join(''));
  });
}

function inFiles(count: number, write: (start: number, indexes: number[]) => void): void {
  for (let start = 0; start < count; start += perFile)
    write(
      start,
      Array.from({ length: Math.min(perFile, count - start) }, (_, index) => start + index),
    );
}
