import type { Collapse, Collapsing, Manifested } from '#model/collapse.ts';
import { namesake } from './problems.ts';

/**
 * Raw documents that differ in their operations alone become one. Left out is a rule of a principal that has a namesake behind the environment's
 * prefix: in a document its name would mean that account, who would get the right.
 */
export const collapse: Collapse = (found, around) => {
  const own = found.filter(each => each.kind === 'Acl');
  const mistaken = own.filter(each => hasNamesake(each, around));
  const groups = Map.groupBy(
    own.filter(each => !mistaken.includes(each)),
    ({ tenant, spec: { operations: _operations, ...rest } }) => JSON.stringify([tenant, rest]),
  );
  const several = [...groups.values()].filter(group => group.length > 1);
  return {
    taken: new Set([...mistaken, ...several.flat()]),
    left: new Map(mistaken.map(each => [each, namesake])),
    made: several.map(group => {
      const first = group.toSorted((a, b) => (a.name < b.name ? -1 : 1))[0] as Manifested;
      const operations = group.flatMap(each => each.spec.operations as string[]).toSorted();
      return { ...first, spec: { ...first.spec, operations } };
    }),
  };
};

function hasNamesake({ spec }: Manifested, { prefix, livesAnywhere }: Collapsing): boolean {
  const user = /^User:(.*)$/.exec(String(spec.principal))?.[1];
  return prefix !== '' && user !== undefined && livesAnywhere('ServiceAccount', `User:${prefix}${user}`);
}
