import { expect, onTestFinished, test } from 'vitest';
import { kafkaTool } from '../kafka-tools.ts';
import { manifest, type Run, type TestLandscape, testLandscape } from '../landscape.ts';

const slow = 180_000;
const everyBroker = ['--entity-type', 'brokers', '--entity-default'];
const broker = (id: number) => ['--entity-type', 'brokers', '--entity-name', String(id)];

/** The landscape's cluster document with this broker configuration. */
function configure(landscape: TestLandscape, brokerConfig: object): void {
  const connection = {
    bootstrapServers: (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(','),
    protocol: 'SASL_PLAINTEXT',
    mechanism: 'SCRAM-SHA-512',
    username: process.env.KAAS_TEST_ADMIN_USER,
    password: { env: 'KAAS_TEST_ADMIN_PASSWORD' },
  };
  landscape.write('platform/clusters/main.yaml', manifest('KafkaCluster', 'main', { connection, brokerConfig }));
}

const apply = (landscape: TestLandscape): Promise<Run> => landscape.kaas('apply', 'dev', '--yes', '-o', 'json');
const changesOf = (run: Run) => JSON.parse(run.stdout).changes;

test(
  'a broker keeps its own value when the equal default of all brokers goes, at once and with no second write',
  async () => {
    const landscape = testLandscape();
    onTestFinished(async () => {
      await kafkaTool('configs', '--alter', ...broker(2), '--delete-config', 'log.segment.delete.delay.ms');
    });
    configure(landscape, { default: { 'log.segment.delete.delay.ms': '3m' }, '2': { 'log.segment.delete.delay.ms': '3m' } });
    expect((await apply(landscape)).code).toBe(0);
    configure(landscape, { '2': { 'log.segment.delete.delay.ms': '3m' } });
    expect((await apply(landscape)).code).toBe(0);
    expect(await kafkaTool('configs', '--describe', ...broker(2))).toContain('log.segment.delete.delay.ms=180000');
    expect(await kafkaTool('configs', '--describe', ...everyBroker)).not.toContain('log.segment.delete.delay.ms');
    const again = await apply(landscape);
    expect([changesOf(again), again.requests.writes]).toEqual([[], 0]);
    configure(landscape, {});
    expect(changesOf(await apply(landscape))).toMatchObject([{ reasons: [], outcome: { state: 'applied' } }]);
    expect(await kafkaTool('configs', '--describe', ...broker(2))).not.toContain('DYNAMIC_BROKER_CONFIG:log.segment.delete');
  },
  slow,
);

test(
  'a key that no broker knows, which Kafka takes in silence and never shows, cannot be done; nor can a broker that is not there',
  async () => {
    const landscape = testLandscape();
    const wrong: [object, string][] = [
      [{ default: { 'log.cleanr.threads': 3 } }, 'kafka-cluster/unknown-key'],
      [{ '1': { 'log.cleanr.threads': 3 } }, 'kafka-cluster/unknown-key'],
      [{ '97': { 'log.cleaner.threads': 2 } }, 'kafka-cluster/no-such-broker'],
      [{ '1': { 'broker.rack': 'x' } }, 'kafka/invalid-request'],
      [{ default: { 'log.cleaner.threads': 'many' } }, 'kafka/invalid-request'],
    ];
    for (const [brokerConfig, code] of wrong) {
      configure(landscape, brokerConfig);
      const run = await apply(landscape);
      expect([run.code, run.requests.writes]).toEqual([1, 0]);
      expect(changesOf(run)).toMatchObject([{ state: 'impossible', reasons: [{ code }] }]);
    }
  },
  slow,
);
