import { expect, test } from 'vitest';
import { preview, reconcile } from '#flow/flow.ts';
import type { Frame } from '#flow/frame.ts';
import type { Plan, Selection } from '#model/plan.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

function setting(...documents: object[]) {
  const files = new Map([...frame({ prune: { data: true } }), ['platform/tenants/u.yaml', document('Tenant', 'u', {})]]);
  documents.forEach((each, index) => files.set(`tenants/t/${index}.yaml`, each));
  const outside = memoryOutside(files, memoryKafka());
  const plan = async (selection?: Selection) => {
    const made = await preview(outside, 'dev', selection === undefined ? {} : { selection });
    return { frame: made.checked.frame as Frame, plan: made.plan as Plan };
  };
  const apply = async (selection?: Selection) => {
    const made = await plan(selection);
    return reconcile(outside, made.plan, { partial: false, frame: made.frame });
  };
  const said = async (selection?: Selection) =>
    (await plan(selection)).plan.changes.map(each => `${each.action} ${each.kind} ${each.name}`);
  return { files, outside, apply, said };
}

test('a renamed document is a move however the plan is narrowed: by the new name, the old one, or neither', async () => {
  const { files, apply, said } = setting(document('Topic', 't.old', {}), document('ServiceAccount', 't.was', {}));
  await apply();
  files.set('tenants/t/0.yaml', document('Topic', 't.new', { name: 't.old' }));
  files.set('tenants/t/1.yaml', document('ServiceAccount', 't.is', { principal: 'User:t.was' }));
  expect(await said()).toEqual(['move Topic t.new', 'move ServiceAccount t.is']);
  expect(await said({ names: ['t.new', 't.is'] })).toEqual(['move Topic t.new', 'move ServiceAccount t.is']);
  expect(await said({ names: ['t.old'] })).toEqual(['move Topic t.new']);
  expect(await said({ names: ['t.was'] })).toEqual(['move ServiceAccount t.is']);
});

test('a narrowed move of an account keeps what is known of its password', async () => {
  const { files, outside, apply, said } = setting(document('ServiceAccount', 't.was', {}));
  await apply();
  const store = await outside.store({ environments: [] });
  const [before] = await store.ledger({});
  files.set('tenants/t/0.yaml', document('ServiceAccount', 't.is', { principal: 'User:t.was' }));
  await apply({ names: ['t.is'] });
  expect(await store.ledger({})).toMatchObject([{ name: 't.is', fields: before?.fields }]);
  expect(await said()).toEqual([]);
});

test('what went to another tenant is not deleted by a plan of the tenant that had it', async () => {
  const { files, said, apply } = setting(document('Topic', 't.data', {}));
  await apply();
  files.delete('tenants/t/0.yaml');
  files.set('platform/tenants/t.yaml', document('Tenant', 't', { owns: { topics: [] } }));
  files.set('platform/tenants/u.yaml', document('Tenant', 'u', { owns: { topics: ['t.data'] } }));
  files.set('tenants/u/0.yaml', document('Topic', 't.data', {}));
  expect(await said({ tenants: ['t'] })).toEqual(['move Topic t.data']);
  expect(await said({ tenants: ['u'] })).toEqual(['move Topic t.data']);
});

test('a right that two tenants declared stays while one of them still does, in a plan of the other too', async () => {
  const access = (name: string) => document('Acl', name, right);
  const right = { principal: 'User:x', resource: { type: 'topic', name: 't.data' }, operations: ['READ'] };
  const { files, said, apply } = setting(document('Topic', 't.data', {}));
  files.set('platform/one.yaml', access('one'));
  files.set('platform/two.yaml', access('two'));
  await apply();
  files.delete('platform/two.yaml');
  expect((await said({ names: ['two'] })).filter(each => each.startsWith('delete'))).toEqual([]);
});
