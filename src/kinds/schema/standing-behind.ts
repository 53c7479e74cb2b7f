import type { Resource } from '#model/resource.ts';
import type { SchemaText } from '#schemas/index.ts';
import type { SchemaSpec } from './spec.ts';
import { textOf } from './subject.ts';

/** More than any landscape has, and few enough that a circle of thousands is refused at once. */
export const mostBehind = 100;

/** The Schema that one refers to under this name; undefined where there is none. */
export type Find = (from: Resource, name: string) => Resource | undefined;

/**
 * All schemas that it refers to, those behind them included, each by every name that it is called by. `unknown`: a text stands only in the registry, as that of
 * a pinned version does, which need not be the one that is declared.
 */
export function standingBehind(schema: Resource, find: Find): SchemaText[] | 'circle' | 'many' | 'unknown' {
  const found = new Map<string, SchemaText>();
  const open: Resource[] = [schema];
  const seen = new Set<Resource>();
  let unknown = false;
  for (let each = open.pop(); each !== undefined; each = open.pop())
    for (const reference of (each.spec as SchemaSpec).references ?? []) {
      const target = 'schema' in reference ? find(each, reference.schema) : undefined;
      const text = target === undefined ? undefined : textOf(target);
      if (target?.name === schema.name && target.tenant === schema.tenant) return 'circle';
      if (target === undefined || text === undefined || reference.version !== undefined) unknown = true;
      else found.set(reference.name, { name: reference.name, type: (target.spec as SchemaSpec).type, text });
      if (seen.size > mostBehind) return 'many';
      if (target !== undefined && !seen.has(target)) open.push(target);
      if (target !== undefined) seen.add(target);
    }
  return unknown ? 'unknown' : [...found.values()];
}
