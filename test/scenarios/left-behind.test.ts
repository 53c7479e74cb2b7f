import { expect, test } from 'vitest';
import { preview, reconcile } from '#flow/flow.ts';
import type { Frame } from '#flow/frame.ts';
import type { Plan } from '#model/plan.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

test('an environment that is renamed together with its prefix leaves rights behind, and every plan says which until they are gone', async () => {
  const files = new Map(frame({ prefix: 'a.' }));
  files.set('tenants/t/a.yaml', document('ServiceAccount', 't.app', {}));
  files.set('tenants/t/b.yaml', document('Topic', 't.x', {}));
  files.set('tenants/t/c.yaml', document('Access', 'w', { serviceAccount: 't.app', as: 'producer', topics: ['t.x'] }));
  const outside = memoryOutside(files, memoryKafka());
  const plan = async (environment: string) => {
    const made = await preview(outside, environment);
    return { frame: made.checked.frame as Frame, plan: made.plan as Plan };
  };
  const apply = async (environment: string) => {
    const made = await plan(environment);
    return reconcile(outside, made.plan, { partial: false, frame: made.frame });
  };
  const landscape = (environments: string[]) =>
    files.set(
      'kaas.yaml',
      document('Landscape', 'memory', { environments, defaults: { topic: { partitions: 1, replicationFactor: 1 } } }),
    );
  const environment = (name: string, prefix: string) =>
    files.set(`platform/environments/${name}.yaml`, document('Environment', name, { clusters: { main: 'main' }, prefix }));
  await apply('dev');

  files.delete('platform/environments/dev.yaml');
  environment('stage', 'b.');
  landscape(['stage']);
  const said = async () =>
    (await plan('stage')).plan.problems
      .filter(each => each.code === 'plan/left-behind')
      .map(each => [each.severity, each.message]);
  await apply('stage');
  expect(await said()).toEqual([
    [
      'warning',
      '2 of `dev` still stand on main and nobody declares them: ServiceAccount User:a.t.app, Acl User:a.t.app|topic|literal|a.t.x|WRITE|ALLOW|*.',
    ],
  ]);

  // As the hint says.
  landscape(['stage', 'dev']);
  environment('dev', 'a.');
  for (const name of ['a', 'b', 'c']) {
    const text = files.get(`tenants/t/${name}.yaml`) as { metadata: object };
    files.set(`tenants/t/${name}.yaml`, { ...text, metadata: { ...text.metadata, environments: ['stage'] } });
  }
  await apply('dev');
  landscape(['stage']);
  files.delete('platform/environments/dev.yaml');
  expect(await said()).toEqual([]);
});
