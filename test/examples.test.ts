import { expect, test } from 'vitest';
import { applied, example } from './example-landscape.ts';
import { kafkaToolOn } from './kafka-tools.ts';

/** `name partitions` per topic, internal ones left out. */
async function topicsOn(directory: string, cluster: string): Promise<string[]> {
  const described = await kafkaToolOn(directory, cluster, 'topics', '--describe', '--exclude-internal');
  return [...described.matchAll(/^Topic: (\S+).*PartitionCount: (\d+)/gm)].map(match => `${match[1]} ${match[2]}`).toSorted();
}

/** `type name pattern operation` per binding of one principal. */
async function rightsOn(directory: string, cluster: string, principal: string): Promise<string[]> {
  const listed = await kafkaToolOn(directory, cluster, 'acls', '--list', '--principal', principal);
  let resource = '';
  const rights: string[] = [];
  for (const line of listed.split('\n')) {
    const named = /resourceType=(\w+), name=(.*), patternType=(\w+)/.exec(line);
    if (named !== null) resource = `${named[1]} ${named[2]} ${named[3]}`;
    const right = /operation=(\w+), permissionType=ALLOW/.exec(line);
    if (right !== null) rights.push(`${resource} ${right[1]}`);
  }
  return rights.toSorted();
}

const three = [
  'bronze',
  'customers',
  'gold',
  'order-validations',
  'orders',
  'orders-enriched',
  'payments',
  'platinum',
  'silver',
  'warehouse-inventory',
].map(name => `${name} 3`);
const services = [
  'EmailService',
  'FraudService',
  'InventoryService',
  'OrderDetailsService',
  'OrdersService',
  'ValidationsAggregatorService',
];
const shared = [
  '_confluent-command 6',
  '_confluent-monitoring 6',
  'connect-configs 1',
  'connect-offsets 6',
  'connect-statuses 1',
];

test('streaming-ops: every declared topic and right is on the brokers of both environments, transactional ids included', {
  timeout: 180_000,
}, async () => {
  const directory = await example('streaming-ops', { without: 'tenants/pipelines' });
  for (const environment of ['dev', 'prd']) {
    await applied(directory, environment);
    const cluster = `microservices-orders-${environment}`;
    const extra = environment === 'dev' ? ['pageviews 3'] : [];
    expect(await topicsOn(directory, cluster)).toEqual([...three, ...shared, ...extra].toSorted());
    expect(await rightsOn(directory, cluster, 'User:microservices-orders-client')).toEqual(
      [
        ...['READ', 'WRITE', 'CREATE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'DELETE'].map(each => `TOPIC * LITERAL ${each}`),
        ...services.flatMap(service => ['READ', 'WRITE', 'CREATE'].map(each => `GROUP ${service} LITERAL ${each}`)),
        'TRANSACTIONAL_ID * LITERAL DESCRIBE',
        'TRANSACTIONAL_ID * LITERAL WRITE',
        'CLUSTER kafka-cluster LITERAL IDEMPOTENT_WRITE',
      ].toSorted(),
    );
    const worker =
      environment === 'dev' ? ['READ', 'WRITE', 'CREATE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'DELETE'] : ['READ', 'WRITE'];
    expect(await rightsOn(directory, cluster, 'User:connect-worker-client')).toEqual(
      [
        ...worker.map(each => `TOPIC * PREFIXED ${each}`),
        'GROUP streaming-ops-connect LITERAL READ',
        'CLUSTER kafka-cluster LITERAL DESCRIBE',
      ].toSorted(),
    );
  }
  const compact = await kafkaToolOn(directory, 'microservices-orders-prd', 'topics', '--describe', '--topic', 'connect-offsets');
  expect(compact).toContain('cleanup.policy=compact');
});
