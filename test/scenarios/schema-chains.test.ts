import { describe, expect, test } from 'vitest';
import { preview, reconcile } from '#flow/flow.ts';
import type { Frame } from '#flow/frame.ts';
import type { Plan } from '#model/plan.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

/** `t.link0` refers to `t.link1`, that to the next, and so on. The last has no reference and the field `more`. */
function chain(length: number, pins: Readonly<Record<number, number>> = {}, last: object = { default: '' }) {
  const files = new Map(frame());
  const write = (more: string) => {
    for (let index = 0; index < length; index++) {
      const next = index + 1;
      const isLast = next === length;
      const field = isLast ? { name: more, type: 'string', ...last } : { name: 'next', type: `t.R${next}` };
      const version = pins[index] === undefined ? {} : { version: pins[index] };
      const references = isLast ? {} : { references: [{ name: `t.R${next}`, schema: `t.link${next}`, ...version }] };
      const definition = { type: 'record', name: `t.R${index}`, fields: [field] };
      files.set(`tenants/t/${index}.yaml`, document('Schema', `t.link${index}`, { type: 'AVRO', definition, ...references }));
    }
  };
  write('first');
  const outside = memoryOutside(files, memoryKafka());
  const planned = async () => {
    const { checked, plan } = await preview(outside, 'dev');
    expect(checked.problems).toEqual([]);
    return { plan: plan as Plan, frame: checked.frame as Frame };
  };
  const names = ({ changes }: Plan) => changes.map(each => `${each.action} ${each.name}`).toSorted();
  return {
    write,
    removeAll: () => {
      for (const file of files.keys()) if (file.startsWith('tenants/')) files.delete(file);
    },
    plan: async () => names((await planned()).plan),
    states: async () => Object.fromEntries((await planned()).plan.changes.map(each => [each.name, each.state])),
    apply: async () => {
      const { plan, frame } = await planned();
      const { changes } = await reconcile(outside, plan, { partial: false, frame });
      return changes.map(each => each.outcome.state);
    },
  };
}

describe('schemas in a chain of references', () => {
  test.each([2, 3, 6])('of %i: a change of the last alone is one plan for all, and the plan after it is empty', async length => {
    const links = chain(length);
    expect(new Set(await links.apply())).toEqual(new Set(['applied']));
    expect(await links.plan()).toEqual([]);
    links.write('second');
    expect(await links.plan()).toEqual(Array.from({ length }, (_, index) => `update t.link${index}`));
    expect(new Set(await links.apply())).toEqual(new Set(['applied']));
    expect(await links.plan()).toEqual([]);
  });

  test('a pin ends it: what refers to a pinned version stays as it is', async () => {
    const links = chain(4, { 1: 1 });
    await links.apply();
    expect(await links.plan()).toEqual([]);
    links.write('second');
    expect(await links.plan()).toEqual(['update t.link2', 'update t.link3']);
    await links.apply();
    expect(await links.plan()).toEqual([]);
  });

  test('what the registry accepts of the last can be incompatible for those that refer to it: seen before anything is sent', async () => {
    const links = chain(3, {}, {});
    await links.apply();
    links.write('second');
    expect(await links.states()).toEqual({ 't.link2': 'ready', 't.link1': 'impossible', 't.link0': 'impossible' });
  });

  test('removed where prune is off, each is blocked, those that others refer to as well: nothing is under way', async () => {
    const links = chain(3);
    await links.apply();
    links.removeAll();
    expect(await links.states()).toEqual({ 't.link0': 'blocked', 't.link1': 'blocked', 't.link2': 'blocked' });
  });
});
