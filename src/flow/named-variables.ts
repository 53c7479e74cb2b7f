import type { Kind, Named } from '#kinds/kind.ts';
import type { EnvironmentSpec } from '#model/frame/frame.ts';
import type { JsonObject } from '#model/json.ts';
import type { Draft } from './overlays.ts';
import { fillVariables, type Lookup } from './variables.ts';

/** What variables mean in documents of one tenant. */
export interface Variables {
  readonly lookup: Lookup;
  /** `TENANT/NAME` of all that a variable (`${topic.orders}`) could name where its own tenant has none of the name. */
  several(variable: string): readonly string[];
}

const families: Readonly<Record<string, string>> = { topic: 'Topic', group: 'ConsumerGroup', account: 'ServiceAccount' };

/** The variables of one environment, by the tenant whose document asks: own tenant first, else the only match; `TENANT/NAME` decides. `hear` is told which documents were named. */
export function variablesIn(
  drafts: readonly Draft[],
  spec: EnvironmentSpec,
  prefix: string,
): (tenant: string | null, hear?: (found: Draft) => void) => Variables {
  const byName = Map.groupBy(
    drafts.filter(draft => !draft.taken),
    draft => `${draft.kind.name}/${draft.name}`,
  );
  const variable = (name: string) =>
    spec.variables !== undefined && Object.hasOwn(spec.variables, name) ? spec.variables[name] : undefined;
  const plain: Lookup = (family, name) => (family === 'var' ? variable(name) : undefined);
  const matches = (family: string, name: string, tenant: string | null): Draft[] => {
    const slash = name.indexOf('/');
    const found = byName.get(`${families[family]}/${name.slice(slash + 1)}`) ?? [];
    if (slash >= 0) return found.filter(each => each.tenant === name.slice(0, slash));
    const own = found.filter(each => each.tenant === tenant);
    return own.length > 0 ? own : found;
  };
  return (tenant, hear) => ({
    several(variable) {
      const [, family = '', name = ''] = /^\$\{(\w+)\.(.+)\}$/.exec(variable) ?? [];
      return [...new Set(matches(family, name, tenant).map(each => `${each.tenant ?? 'platform'}/${each.name}`))];
    },
    lookup(family, name) {
      if (family === 'var') return variable(name);
      const found = matches(family, name, tenant);
      const [first] = found;
      if (first === undefined) return family === 'group' ? prefix + name : undefined;
      if (found.some(each => each.tenant !== first.tenant)) return undefined;
      hear?.(first);
      const named = { ...first, spec: fillVariables(first.spec, plain, () => {}) as JsonObject };
      const remote = remoteNameOf(first.kind, named, prefix);
      return family === 'account' ? remote.replace(/^User:/, '') : remote;
    },
  });
}

/** The name on the outside of what a document declares. */
export const remoteNameOf = (kind: Kind, resource: Named, prefix: string): string =>
  kind.remoteName?.(resource, prefix) ?? (kind.lives === 'cluster' ? prefix : '') + resource.name;
