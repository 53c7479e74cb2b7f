import { describe, expect, test } from 'vitest';
import { preview, reconcile } from '#flow/flow.ts';
import type { Frame } from '#flow/frame.ts';
import type { Plan } from '#model/plan.ts';
import { memoryKafka } from '#targets/memory/kafka.ts';
import { document, frame, memoryOutside } from '../memory-outside.ts';

/** `t.link0` refers to `t.link1`, that to the next, and so on. The last has no reference and the field `more`. */
function chain(length: number, pins: Readonly<Record<number, number>> = {}) {
  const files = new Map(frame());
  const write = (more: string) => {
    for (let index = 0; index < length; index++) {
      const next = index + 1;
      const last = next === length;
      const field = last ? { name: more, type: 'string', default: '' } : { name: 'next', type: `t.R${next}` };
      const version = pins[index] === undefined ? {} : { version: pins[index] };
      const references = last ? {} : { references: [{ name: `t.R${next}`, schema: `t.link${next}`, ...version }] };
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
    plan: async () => names((await planned()).plan),
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
});
