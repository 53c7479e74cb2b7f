import type { OwnedCategory } from '#model/frame/frame.ts';
import { covers } from '#model/name-pattern.ts';
import { positionOf } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import type { Frame } from './frame.ts';
import { validating } from './problems.ts';

/** A tenant's patterns for one category: what its document says, `<tenant>.*` where it says nothing. */
export const patternsOf = (frame: Frame, tenant: string, category: OwnedCategory): readonly string[] =>
  frame.tenants.get(tenant)?.spec.owns?.[category] ?? [`${tenant}.*`];

/** Who owns a name (without environment prefix)? Null: nobody. */
export function ownerOf(frame: Frame, category: OwnedCategory, name: string): string | null {
  for (const tenant of frame.tenants.keys())
    if (patternsOf(frame, tenant, category).some(pattern => covers(pattern, name))) return tenant;
  return null;
}

/** Two tenants that own the same names, each pair reported once at the later one's document. */
export function overlappingOwners(frame: Frame, categories: readonly OwnedCategory[]): Problem[] {
  const problems: Problem[] = [];
  for (const category of categories) {
    const all = [...frame.tenants.keys()].flatMap(tenant =>
      patternsOf(frame, tenant, category).map(pattern => ({ tenant, pattern, key: pattern.replace(/\*$/, '') })),
    );
    all.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : b.pattern.length - a.pattern.length));
    const open: typeof all = [];
    for (const each of all) {
      while (
        open.length > 0 &&
        !(open.at(-1)?.pattern.endsWith('*') && each.key.startsWith(open.at(-1)?.key as string)) &&
        open.at(-1)?.pattern !== each.pattern
      )
        open.pop();
      const clash = open.find(
        other => other.tenant !== each.tenant && (covers(other.pattern, each.pattern) || covers(each.pattern, other.pattern)),
      );
      if (clash !== undefined) {
        const at = frame.tenants.get(each.tenant)?.manifest.located;
        const other = frame.tenants.get(clash.tenant)?.manifest.located;
        problems.push(
          validating('overlapping-owners', {
            message: `${category}: \`${each.pattern}\` of ${each.tenant} and \`${clash.pattern}\` of ${clash.tenant} overlap.`,
            ...(at === undefined ? {} : { at: positionOf(at, ['spec', 'owns', category]) }),
            related: other === undefined ? [] : [positionOf(other, ['spec', 'owns', category])],
          }),
        );
      }
      open.push(each);
    }
  }
  return problems;
}
