import { Redacted } from '#model/redacted.ts';
import { openKafka } from '#targets/kafka/index.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { kafkaContract } from './kafka.contract.ts';

kafkaContract('Kafka in memory', async () => memoryKafka());

if (process.env.KAAS_TEST_BOOTSTRAP !== undefined)
  kafkaContract('real Kafka', () =>
    openKafka({
      label: 'test',
      bootstrapServers: (process.env.KAAS_TEST_BOOTSTRAP ?? '').split(','),
      protocol: 'SASL_PLAINTEXT',
      mechanism: 'SCRAM-SHA-512',
      username: process.env.KAAS_TEST_ADMIN_USER ?? '',
      password: new Redacted(process.env.KAAS_TEST_ADMIN_PASSWORD ?? ''),
    }),
  );
else if (process.env.CI === 'true') throw new Error('The real Kafka of test/stack.ts does not run.');
