import type { Selection } from '#model/plan.ts';
import type { Option, Options } from './command.ts';

/** Options that narrow a plan, an apply or a drift report. */
export const selectionOptions: readonly Option[] = [
  { flags: '--tenant <name>', description: 'only this tenant (repeatable)', repeatable: true },
  { flags: '--kind <kind>', description: 'only this kind (repeatable)', repeatable: true },
  { flags: '--name <name>', description: 'only this metadata.name or TENANT/NAME (repeatable)', repeatable: true },
  { flags: '--cluster <name>', description: 'only this logical cluster (repeatable)', repeatable: true },
];

/** The values of a repeatable option; undefined when it was not given. */
export const listOf = (options: Options, name: string): readonly string[] | undefined => {
  const value = options[name];
  return Array.isArray(value) && value.length > 0 ? value : undefined;
};

export const textOf = (options: Options, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

/** What the command was narrowed to; undefined: not at all. */
export function selectionOf(options: Options): Selection | undefined {
  const selection = {
    tenants: listOf(options, 'tenant'),
    kinds: listOf(options, 'kind'),
    names: listOf(options, 'name'),
    clusters: listOf(options, 'cluster'),
  };
  const given = Object.entries(selection).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Selection);
}
