import type { Selection } from '#model/plan.ts';

export interface Selectable {
  readonly tenant: string | null;
  readonly kind: string;
  readonly name: string;
  readonly cluster: string | null;
  readonly declaredBy: readonly string[];
}

/** Does a command's narrowing reach this one? A document's kind and name count as well as what it expands to. */
export function selected(selection: Selection | undefined, each: Selectable): boolean {
  if (selection === undefined) return true;
  const documents = each.declaredBy.map(name => name.split('/'));
  const tenants = [each.tenant, ...documents.map(parts => (parts.length > 2 ? parts[0] : null))];
  const kinds = [each.kind, ...documents.map(parts => parts.at(-2))];
  const names = [each.name, `${each.tenant ?? ''}/${each.name}`, ...documents.map(parts => parts.at(-1))];
  return (
    (selection.tenants === undefined || selection.tenants.some(tenant => tenants.includes(tenant))) &&
    (selection.kinds === undefined ||
      selection.kinds.some(kind => kinds.some(own => own?.toLowerCase() === kind.toLowerCase()))) &&
    (selection.names === undefined || selection.names.some(name => names.includes(name))) &&
    (selection.clusters === undefined || selection.clusters.some(cluster => cluster === each.cluster))
  );
}

/** One object on a cluster. */
interface Standing {
  readonly kind: string;
  readonly remoteName: string;
}

/**
 * Does the narrowing reach this object of one cluster? By its document or by what the ledger says of it: where these differ (a document that was renamed,
 * given to another tenant, or declared by fewer), half of the two would look as if nobody declared it, or nobody owned it.
 */
export function reach(selection: Selection | undefined, known: readonly (Selectable & Standing)[]): (each: Standing) => boolean {
  if (selection === undefined) return () => true;
  const keyOf = ({ kind, remoteName }: Standing) => `${kind}\t${remoteName}`;
  const reached = new Set(known.filter(each => selected(selection, each)).map(keyOf));
  return each => reached.has(keyOf(each));
}
