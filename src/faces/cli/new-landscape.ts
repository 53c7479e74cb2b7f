const document = (comment: string, kind: string, name: string, spec: string): string =>
  `# ${comment}\napiVersion: kaas.dev/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n${spec.replace(/^/gm, '  ').trimEnd()}\n`;

/** The files of a new landscape, by path: one environment, one local cluster, one tenant with a topic and an account that may write to it. */
export const newLandscape = (name: string): Readonly<Record<string, string>> => ({
  'kaas.yaml': document(
    'The landscape: which environments there are and what holds in all of them.',
    'Landscape',
    `"${name}"`,
    'environments: [dev]\ndefaults:\n  topic: { partitions: 3, replicationFactor: 1 }\n',
  ),
  'platform/environments/dev.yaml': document(
    'An environment names its clusters. `prefix` goes before every name where environments share a cluster.',
    'Environment',
    'dev',
    'clusters: { main: main }\n# prefix: dev.\nprune: { data: false }   # a topic is never deleted because its document is gone\n',
  ),
  'platform/clusters/main.yaml': document(
    '`local` is a real Kafka that `kaas up` runs on this machine. For another one, write its address:\n#   connection: { bootstrapServers: ["kafka.example:9093"], protocol: SASL_SSL, mechanism: SCRAM-SHA-512,\n#                 username: admin, password: { env: KAFKA_ADMIN_PASSWORD } }',
    'KafkaCluster',
    'main',
    'connection: local\n',
  ),
  'platform/tenants/shop.yaml': document(
    'A tenant owns the names that start with its own (`shop.*`) unless `owns` says otherwise.',
    'Tenant',
    'shop',
    'owners: [{ group: shop-team }]\n',
  ),
  'tenants/shop/orders.yaml': [
    document(
      'What the team writes: a topic …',
      'Topic',
      'shop.orders',
      'description: One record per order placed. Key is the order id.\nconfig: { retention.ms: 7d }\ndataClass: internal\n',
    ),
    document(
      '… an account, whose password is made here and kept in the store `local` …',
      'ServiceAccount',
      'shop.checkout',
      'authentication: { type: scram-sha-512 }\n',
    ),
    document(
      '… and what the account may do. `kaas explain Access` lists the templates.',
      'Access',
      'checkout-writes-orders',
      'serviceAccount: shop.checkout\nas: producer\ntopics: [shop.orders]\n',
    ),
  ].join('---\n'),
  '.gitignore': '# State, secrets and local servers of kaas: never in Git.\n.kaas/\n',
});
