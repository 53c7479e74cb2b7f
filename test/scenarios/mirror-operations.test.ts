import { expect, test } from 'vitest';
import { propose } from '#flow/operate.ts';
import { memoryConnect } from '#targets/memory/connect.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

test('who asks for the offsets of a mirror hears which connectors it stands for', async () => {
  const files = new Map([
    ...frame(),
    ['platform/away.yaml', document('KafkaCluster', 'away', { connection: 'local' })],
    [
      'platform/m.yaml',
      document('Mirror', 'm', { from: 'away', to: 'main', connect: 'main', topics: ['audit.*'], groups: ['audit.*'] }),
    ],
  ]);
  const outside = memoryOutside(files, memoryKafka(), { connect: memoryConnect({ address: 'workers:8083' }) });
  await expect(propose(outside, 'dev', { kind: 'Connector', name: 'm', operation: 'restart' })).rejects.toMatchObject({
    code: 'operation/unknown',
    remedy: '`Mirror/m` stands for Connector `m-source`, `m-checkpoint`: name one of them.',
  });
});
