import type { Collapse, Manifested } from '#model/collapse.ts';

/** Raw documents that differ in their operations alone become one. */
export const collapse: Collapse = found => {
  const own = found.filter(each => each.kind === 'Acl');
  const groups = Map.groupBy(own, ({ tenant, spec: { operations: _, ...rest } }) => JSON.stringify([tenant, rest]));
  const several = [...groups.values()].filter(group => group.length > 1);
  return {
    taken: new Set(several.flat()),
    made: several.map(group => {
      const first = group.toSorted((a, b) => (a.name < b.name ? -1 : 1))[0] as Manifested;
      const operations = group.flatMap(each => each.spec.operations as string[]).toSorted();
      return { ...first, spec: { ...first.spec, operations } };
    }),
  };
};
