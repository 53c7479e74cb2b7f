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
