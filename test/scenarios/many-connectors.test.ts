import { expect, test } from 'vitest';
import { preview, reconcile } from '#flow/flow.ts';
import type { Frame } from '#flow/frame.ts';
import type { Plan } from '#model/plan.ts';
import { memoryConnect } from '#targets/memory/connect.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

const many = 102;
const impossible = (plan: Plan | undefined) =>
  plan?.changes.filter(each => each.state === 'impossible').map(each => each.remoteName);

test('of many new connectors that are alike, those whose workers lack the class are impossible, and no others', async () => {
  const [main, other] = [memoryConnect({ address: 'main:8083' }), memoryConnect({ address: 'other:8083', plugins: {} })];
  const files = new Map(frame());
  for (let index = 0; index < many; index++) {
    const spec = { connect: index === many - 1 ? 'other' : 'main', class: 'FileStreamSource', config: { topic: 't' } };
    files.set(`tenants/t/${index}.yaml`, document('Connector', `t.${index}`, spec));
  }
  const outside = memoryOutside(files, memoryKafka(), { connect: name => (name === 'main' ? main : other) });
  expect(impossible((await preview(outside, 'dev')).plan)).toEqual([`other/t.${many - 1}`]);
});

test('of many connectors that change alike, each class is judged by itself', async () => {
  const connect = memoryConnect();
  const files = new Map(frame());
  const outside = memoryOutside(files, memoryKafka(), { connect });
  const declare = (value: string) => {
    for (let index = 0; index < many; index++) {
      const own =
        index === many - 1
          ? { class: 'FileStreamSource', config: { topic: 't' } }
          : { class: 'FileStreamSink', config: { topics: 't' } };
      const spec = { connect: 'main', ...own, config: { ...own.config, 'batch.size': value } };
      files.set(`tenants/t/${index}.yaml`, document('Connector', `t.${index}`, spec));
    }
  };
  declare('10');
  const { checked, plan } = await preview(outside, 'dev');
  await reconcile(outside, plan as Plan, { partial: false, frame: checked.frame as Frame });
  declare('ten');
  expect(impossible((await preview(outside, 'dev')).plan)).toEqual([`main/t.${many - 1}`]);
});
