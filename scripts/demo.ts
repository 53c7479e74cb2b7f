import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consoleClient, kaas, say, show } from './demo-steps.ts';

/** The main job on a real Kafka, from nothing to a refused stranger, in a folder that is removed at the end. */
const landscape = join(mkdtempSync(join(tmpdir(), 'kaas-demo-')), 'payments');
cpSync(join(import.meta.dirname, '../examples/payments'), landscape, { recursive: true });
const topics = join(landscape, 'tenants/payments/topics.yaml');

try {
  say('A landscape: three tenants, two environments on one cluster');
  await show(landscape, ['validate']);

  say('A real Kafka on this machine');
  await show(landscape, ['up']);

  say('What would change in dev (nothing is written)');
  await show(landscape, ['plan', 'dev']);

  say('Apply dev, then prod');
  await show(landscape, ['apply', 'dev', '--yes']);
  await show(landscape, ['apply', 'prod', '--yes']);

  say('Apply again: nothing to do');
  await show(landscape, ['apply', 'prod', '--yes']);

  say('The checkout account writes an order, the scoring account reads it');
  const written = await consoleClient(landscape, 'payments.checkout', 'payments.orders', { produce: '{"order":1}' });
  if (written.output.includes('Exception')) throw new Error(`the producer was refused: ${written.output}`);
  const read = await consoleClient(landscape, 'fraud.scoring', 'payments.orders', { consumeAs: 'fraud.scoring' });
  console.log(`  read: ${/\{.*\}/.exec(read.output)?.[0]}`);
  if (!read.output.includes('{"order":1}')) throw new Error('the consumer did not get the record');

  say('The reports account, which waits for consent, is refused');
  const stranger = await consoleClient(landscape, 'analytics.reports', 'payments.orders', { consumeAs: 'analytics.reports' });
  console.log(`  refused: ${/\w*AuthorizationException[^\n]*/.exec(stranger.output)?.[0] ?? stranger.output.trim()}`);
  if (!stranger.output.includes('AuthorizationException')) throw new Error('the stranger was not refused');

  say('One line changes: customers get six partitions; the new plan says what that means');
  writeFileSync(topics, readFileSync(topics, 'utf8').replace('partitions: 3', 'partitions: 6'));
  await show(landscape, ['plan', 'prod']);

  say('Done. Try next');
  console.log('  export PATH=$PWD/bin:$PATH; kaas init my-landscape && cd my-landscape && kaas up && kaas plan dev');
} finally {
  await kaas(landscape, ['down']);
  rmSync(join(landscape, '..'), { recursive: true, force: true });
}
