import { keyOf, provenance, type Resource } from '#model/resource.ts';
import { compatible, parseSchema, type Schema } from '#schemas/index.ts';
import type { Kind } from '../kind.ts';
import { report } from './problems.ts';
import { referred } from './references.ts';
import type { SchemaSpec } from './spec.ts';
import { type Find, standingBehind } from './standing-behind.ts';
import { textOf } from './subject.ts';

const byKey = new WeakMap<readonly Resource[], Map<string, Resource>>();

/** The resources of one environment by key; made once for all that ask. */
function indexed(resources: readonly Resource[]): Map<string, Resource> {
  const known = byKey.get(resources) ?? new Map(resources.map(each => [keyOf(each), each]));
  byKey.set(resources, known);
  return known;
}

const among =
  (resources: readonly Resource[]): Find =>
  (from, name) => {
    const named = referred(from, name);
    return named === undefined ? undefined : indexed(resources).get(keyOf(named));
  };

function parsed(schema: Resource, resources: readonly Resource[]): Schema | undefined {
  const text = textOf(schema);
  const behind = standingBehind(schema, among(resources));
  if (text === undefined || typeof behind === 'string') return undefined;
  const result = parseSchema((schema.spec as SchemaSpec).type, text, behind);
  return result.ok ? result.schema : undefined;
}

/** The texts of a schema and of all that stands behind it, for telling without parsing whether two environments have the same. */
function textsOf(schema: Resource, resources: readonly Resource[]): string {
  const behind = standingBehind(schema, among(resources));
  return JSON.stringify([schema.spec.type, textOf(schema), behind]);
}

/** What the environment before has is what this one gets next: is it what its registry would take? A text that cannot be read, or whose references cannot, is reported elsewhere or unknown. */
export const promotable: NonNullable<Kind['acrossEnvironments']> = (schema, { before, here }, reportAt) => {
  if (!schema.managed) return;
  const coming = indexed(before()).get(keyOf(schema));
  const { compatibility, file } = schema.spec as SchemaSpec;
  if (coming === undefined || compatibility === 'NONE' || textsOf(coming, before()) === textsOf(schema, here())) return;
  const next = parsed(coming, before());
  const present = parsed(schema, here());
  if (next === undefined || present === undefined) return;
  const level = compatibility ?? 'BACKWARD';
  const { verdict, reasons } = compatible(level, next, [present]);
  if (verdict !== 'incompatible') return;
  const words = reasons.slice(0, 3).map(each => each.message);
  const more = reasons.length > words.length ? ` And ${reasons.length - words.length} more.` : '';
  const assumed =
    compatibility === undefined ? ' No document names a level: it is held to BACKWARD, as registries do by default.' : '';
  const comingPath = coming.spec.file === undefined ? ['definition'] : ['file'];
  reportAt(
    details => report('not-promotable', details),
    file === undefined ? ['definition'] : ['file'],
    `What ${coming.environment} has cannot follow it: it is not ${level} compatible: ${words.join('; ')}.${more}${assumed}`,
    { related: provenance(coming, comingPath).slice(0, 1) },
  );
};
