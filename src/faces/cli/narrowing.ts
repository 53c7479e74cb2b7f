import type { Checked } from '#flow/flow.ts';
import { nearest } from '#flow/nearest.ts';
import type { Outside } from '#flow/outside.ts';
import type { LedgerEntry } from '#model/ledger.ts';
import type { Selection } from '#model/plan.ts';
import { isError, type Problem } from '#model/problem.ts';
import { Usage } from './usage.ts';

/**
 * Throws a `Usage` for a tenant, kind, name or cluster that a command was narrowed to and that nobody knows: a typing error must not end as an
 * empty success. Known is what documents say, and what the ledger still owns of documents that are gone. Where `problems` holds an error, an
 * unknown name is left to it: the document may be the one that could not be read.
 */
export async function requireKnown(
  outside: Outside,
  checked: Checked,
  selection: Selection | undefined,
  problems: readonly Problem[],
): Promise<void> {
  if (selection === undefined || checked.frame === undefined) return;
  const clusters = checked.environments.flatMap(each => each.clusters.map(cluster => cluster.logical));
  demand('kind', selection.kinds, [...outside.kinds.keys()], true);
  if (clusters.length > 0) demand('cluster', selection.clusters, clusters);
  const unknown = (given: readonly string[] | undefined, known: readonly string[]) => given?.some(each => !known.includes(each));
  const tenants = [...checked.frame.tenants.keys(), ...checked.loaded.manifests.flatMap(each => each.tenant ?? [])];
  const names = declaredNames(checked);
  if (!unknown(selection.tenants, tenants) && !unknown(selection.names, names)) return;
  const owned = await ledger(outside, checked);
  demand('tenant', selection.tenants, [...tenants, ...owned.flatMap(entry => entry.tenant ?? [])]);
  if (!problems.some(isError)) demand('resource', selection.names, [...names, ...owned.flatMap(namesOfEntry)]);
}

function demand(what: string, given: readonly string[] | undefined, known: readonly string[], anyCase = false): void {
  const word = (text: string) => (anyCase ? text.toLowerCase() : text);
  const all = new Set(known.map(word));
  for (const each of given ?? []) if (!all.has(word(each))) throw new Usage(notThere(what, each, known));
}

const fewEnoughToList = 12;

/** The values of --confirm-delete. Throws a `Usage` for one that can confirm nothing: no digest, and no `[TENANT/]KIND/NAME` of a kind that we have. */
export function confirmedOf(given: readonly string[] | undefined, kinds: Outside['kinds']): readonly string[] {
  for (const each of given ?? []) {
    const [first = '', second, third] = each.split('/');
    if (/^sha256:[0-9a-f]{64}$/.test(each) || (kinds.has(first) && second) || (kinds.has(second ?? '') && third)) continue;
    if (second === undefined)
      throw new Usage(`--confirm-delete takes [TENANT/]KIND/NAME or a plan's whole digest, not \`${each}\`.`);
    throw new Usage(notThere('kind', third === undefined ? first : second, kinds.keys()));
  }
  return given ?? [];
}

/** `There is no tenant `shp`; did you mean `shop`?`, and which there are where they are few. */
export function notThere(what: string, given: string, known: Iterable<string>): string {
  const all = [...new Set(known)];
  const close = nearest(given, all);
  const short = all.filter(each => !each.includes('/') || !all.includes(each.slice(each.indexOf('/') + 1)));
  const few = short.length > 0 && short.length <= fewEnoughToList;
  const there = few ? ` There ${short.length === 1 ? 'is' : 'are'} ${short.join(', ')}.` : '';
  return `There is no ${what} \`${given}\`${close === undefined ? '.' : `; did you mean \`${close}\`?`}${there}`;
}

function declaredNames(checked: Checked): string[] {
  const documents = checked.loaded.manifests.map(each => ({ tenant: each.tenant, name: each.metadata.name }));
  const resources = checked.environments.flatMap(each => [...each.declared, ...each.resources]);
  return [...documents, ...resources].flatMap(each => [each.name, `${each.tenant ?? ''}/${each.name}`]);
}

const ledger = async (outside: Outside, { frame }: Checked): Promise<readonly LedgerEntry[]> =>
  frame === undefined ? [] : (await outside.store(frame.landscape.spec)).ledger({ landscape: frame.landscape.name });

const namesOfEntry = (entry: LedgerEntry): string[] => [
  entry.name,
  `${entry.tenant ?? ''}/${entry.name}`,
  ...entry.declaredBy.map(each => each.split('/').at(-1) as string),
];
