import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface BenchLandscape {
  readonly prefix: string;
  readonly topics: number;
  readonly bootstrap: string;
  readonly user: string;
}

const document = (kind: string, name: string, spec: object): string =>
  `---\napiVersion: kaas.dev/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${JSON.stringify(spec)}\n`;

/** A landscape of one tenant with this many topics, 500 documents a file, on the benchmark's cluster. */
export function writeBenchLandscape(folder: string, { prefix, topics, bootstrap, user }: BenchLandscape): void {
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
  write(
    'kaas.yaml',
    document('Landscape', 'bench', { environments: ['dev'], defaults: { topic: { partitions: 1, replicationFactor: 1 } } }),
  );
  write('platform/environments/dev.yaml', document('Environment', 'dev', { clusters: { main: 'main' }, prefix }));
  write('platform/clusters/main.yaml', document('KafkaCluster', 'main', { connection }));
  write('platform/tenants/shop.yaml', document('Tenant', 'shop', {}));
  for (let start = 0; start < topics; start += 500) {
    const names = Array.from({ length: Math.min(500, topics - start) }, (_, index) => `shop.topic-${start + index}`);
    write(
      `tenants/shop/topics-${start}.yaml`,
      names.map(name => document('Topic', name, { config: { 'retention.ms': '7d', 'cleanup.policy': 'delete' } })).join(''),
    );
  }
}
