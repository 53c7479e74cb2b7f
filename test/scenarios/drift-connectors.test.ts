import { expect, test } from 'vitest';
import { detectDrift } from '#flow/drift.ts';
import { preview, reconcile } from '#flow/flow.ts';
import type { Frame } from '#flow/frame.ts';
import type { Plan } from '#model/plan.ts';
import { memoryConnect } from '#targets/memory/connect.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

test('a key that somebody added to a connector by hand is drift, on its own too', async () => {
  const connect = memoryConnect();
  const spec = { connect: 'main', class: 'FileStreamSource', config: { topic: 't', file: '/x' } };
  const files = new Map([...frame(), ['tenants/t/c.yaml', document('Connector', 't.c', spec)]]);
  const outside = memoryOutside(files, memoryKafka(), { connect });
  const { checked, plan } = await preview(outside, 'dev');
  await reconcile(outside, plan as Plan, { partial: false, frame: checked.frame as Frame });
  expect((await detectDrift(outside, 'dev')).plan?.changes).toEqual([]);
  const kept = connect.kept.get('t.c');
  if (kept === undefined) throw new Error('no connector');
  kept.config = { ...kept.config, 'errors.tolerance': 'all' };
  const drifted = (await detectDrift(outside, 'dev')).plan?.changes;
  expect(drifted?.map(each => [each.action, each.fields])).toMatchObject([
    ['update', [{ path: 'config.errors.tolerance', from: 'all', to: null }]],
  ]);
});

test('an adopted connector has not drifted where it leaves a default out or has its class by another name', async () => {
  const connect = memoryConnect();
  const config = { topic: 't', file: '/x', 'batch.size': 2000 };
  const spec = { connect: 'main', class: 'org.apache.kafka.connect.file.FileStreamSourceConnector', config };
  const files = new Map([...frame(), ['tenants/t/c.yaml', document('Connector', 't.c', spec)]]);
  const outside = memoryOutside(files, memoryKafka(), { connect });
  const made = { 'connector.class': 'FileStreamSource', topic: 't', file: '/x' };
  await connect.create([{ name: 't.c', config: made, state: 'running' }]);
  const { checked, plan } = await preview(outside, 'dev');
  expect(plan?.changes.map(each => [each.action, each.fields])).toEqual([['adopt', []]]);
  await reconcile(outside, plan as Plan, { partial: false, frame: checked.frame as Frame });
  expect((await detectDrift(outside, 'dev')).plan?.changes).toEqual([]);
});
