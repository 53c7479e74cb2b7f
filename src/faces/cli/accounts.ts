import type { Resource } from '#model/resource.ts';
import { notThere } from './narrowing.ts';
import { Usage } from './usage.ts';

/** The accounts of this name or TENANT/NAME, one per cluster (of one cluster, where it is named). Throws a `Usage` where there is none, or several tenants have one. */
export function accountsNamed(declared: readonly Resource[], name: string, cluster?: string): [Resource, ...Resource[]] {
  const accounts = declared.filter(each => each.kind === 'ServiceAccount');
  const [first, ...more] = accounts.filter(
    each =>
      (each.name === name || `${each.tenant ?? ''}/${each.name}` === name) && (cluster === undefined || each.cluster === cluster),
  );
  if (first === undefined)
    throw new Usage(
      notThere(
        `ServiceAccount${cluster === undefined ? '' : ` on ${cluster}`}`,
        name,
        accounts.map(each => each.name),
      ),
    );
  if (more.some(each => each.tenant !== first.tenant))
    throw new Usage(`Several tenants have an account \`${name}\`: write TENANT/NAME.`);
  return [first, ...more];
}
