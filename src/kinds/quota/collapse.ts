import type { Collapse } from '#model/collapse.ts';
import { namesake } from './problems.ts';
import type { QuotaSpec } from './spec.ts';

/** Leaves out the limits of a user that has a namesake behind the environment's prefix: in a document its name would mean that account. */
export const collapse: Collapse = (found, { prefix, livesAnywhere }) => {
  const mistaken = found.filter(({ kind, spec }) => {
    const { user } = kind === 'Quota' ? (spec as unknown as QuotaSpec).entity : {};
    return prefix !== '' && user !== undefined && livesAnywhere('ServiceAccount', `User:${prefix}${user}`);
  });
  return { taken: new Set(mistaken), made: [], left: new Map(mistaken.map(each => [each, namesake])) };
};
