import type { Resource } from '#model/resource.ts';
import { nearest } from './nearest.ts';

export interface Found {
  readonly found: Resource | undefined;
  /** `TENANT/NAME` of every match when there are several. */
  readonly candidates: readonly string[];
  readonly nearest?: string;
}

/** What stands for the tenant of the platform's own documents in `TENANT/NAME`. */
export const platform = 'platform';

export interface References {
  /** Own tenant first, else the only match in the landscape; `TENANT/NAME` decides. Where a cluster is given, what lives on clusters must be on that one. */
  find(kind: string, name: string, tenant: string | null, cluster: string | null): Found;
}

/** Answers what a reference names among these resources. */
export function referencesIn(resources: readonly Resource[]): References {
  const byName = new Map<string, Resource[]>();
  const names = new Map<string, Set<string>>();
  for (const resource of resources) {
    const key = `${resource.kind}/${resource.name}`;
    const known = byName.get(key);
    if (known === undefined) byName.set(key, [resource]);
    else known.push(resource);
    const ofKind = names.get(resource.kind) ?? new Set();
    names.set(resource.kind, ofKind.add(resource.name));
  }
  return {
    find(kind, name, tenant, cluster) {
      const slash = name.indexOf('/');
      const owner = slash < 0 ? undefined : name.slice(0, slash);
      const plain = slash < 0 ? name : name.slice(slash + 1);
      const matches = (byName.get(`${kind}/${plain}`) ?? []).filter(
        each =>
          (owner === undefined || (each.tenant ?? platform) === owner) &&
          (cluster === null || each.cluster === null || each.cluster === cluster),
      );
      const own = matches.find(each => each.tenant === tenant);
      if (own !== undefined) return { found: own, candidates: [] };
      const tenants = new Set(matches.map(each => each.tenant));
      if (tenants.size === 1) return { found: matches[0], candidates: [] };
      const close = matches.length > 0 ? undefined : nearest(plain, names.get(kind) ?? []);
      return {
        found: undefined,
        candidates: [...tenants].map(each => `${each ?? platform}/${plain}`),
        ...(close === undefined ? {} : { nearest: close }),
      };
    },
  };
}
