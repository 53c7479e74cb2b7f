import type { Resource } from '#model/resource.ts';
import type { SchemaReference } from '#ports/schema-registry.ts';
import type { SchemaSpec } from './spec.ts';

/** A reference in the plan's words: `version` null is the latest. */
export interface WantedReference {
  readonly name: string;
  readonly subject: string;
  readonly version: number | null;
}

/** What a Schema refers to, by the names of the registry. A reference that could not be resolved (reported) is left out. */
export const wantedReferences = (schema: Pick<Resource, 'spec' | 'refersTo' | 'tenant'>): WantedReference[] =>
  ((schema.spec as SchemaSpec).references ?? []).flatMap<WantedReference>(each => {
    if ('subject' in each) return [{ name: each.name, subject: each.subject, version: each.version }];
    const found = referred(schema, each.schema);
    return found === undefined ? [] : [{ name: each.name, subject: found.remoteName, version: each.version ?? null }];
  });

/** The resource that a reference as written (`NAME`, `TENANT/NAME`) was resolved to. */
export function referred(
  schema: Pick<Resource, 'refersTo' | 'tenant'>,
  written: string,
): Resource['refersTo'][number] | undefined {
  const name = written.slice(written.indexOf('/') + 1);
  const matches = schema.refersTo.filter(each => each.kind === 'Schema' && each.name === name);
  const tenant = written.includes('/') ? written.slice(0, written.indexOf('/')) : schema.tenant;
  return matches.find(each => each.tenant === tenant) ?? matches[0];
}

/** As one field: `order.proto = payments.common@latest`, a line each, in the order of the names. */
export const referencesField = (references: readonly WantedReference[]): string =>
  references
    .map(({ name, subject, version }) => `${name} = ${subject}@${version ?? 'latest'}`)
    .toSorted()
    .join('\n');

/** What `referencesField` said. */
export const referencesIn = (field: unknown): WantedReference[] =>
  (typeof field === 'string' && field !== '' ? field.split('\n') : []).map(line => {
    const [, name = '', subject = '', version = ''] = /^(.*) = (.*)@(latest|\d+)$/.exec(line) ?? [];
    return { name, subject, version: version === 'latest' ? null : Number(version) };
  });

/** With the versions that hold now; undefined where a subject has none. */
export function pinned(
  references: readonly WantedReference[],
  latest: (subject: string) => number | undefined,
): SchemaReference[] | undefined {
  const found = references.map(({ name, subject, version }) => ({ name, subject, version: version ?? latest(subject) }));
  return found.every((each): each is SchemaReference => each.version !== undefined) ? found : undefined;
}
