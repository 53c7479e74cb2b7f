import { isJsonObject, type Json } from '#model/json.ts';
import type { Path, Position } from '#model/position.ts';
import { declaredAt, provenance, type Resource } from '#model/resource.ts';
import { type Paint, plain } from './paint.ts';
import { place } from './problems-text.ts';

interface ValueOrigin {
  /** Keys and indexes joined by dots. */
  readonly path: string;
  readonly value: Json;
  readonly at?: Position;
  readonly overrode: readonly Position[];
}

export interface RenderedResource {
  readonly cluster: string | null;
  readonly tenant: string | null;
  readonly kind: string;
  readonly name: string;
  readonly remoteName: string;
  readonly at?: Position;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly managed: boolean;
  readonly protected: boolean;
  readonly declaredBy: readonly string[];
  readonly spec: Json;
  readonly provenance?: readonly ValueOrigin[];
}

export interface RenderDocument {
  readonly schemaVersion: 1;
  readonly environment: string;
  readonly revision: string;
  readonly resources: readonly RenderedResource[];
}

/** What `render -o json` prints. */
export const renderDocument = (
  environment: string,
  revision: string,
  resources: readonly Resource[],
  origins: boolean,
): RenderDocument => ({
  schemaVersion: 1,
  environment,
  revision,
  resources: resources.map(resource => {
    const at = declaredAt(resource);
    return {
      cluster: resource.cluster,
      tenant: resource.tenant,
      kind: resource.kind,
      name: resource.name,
      remoteName: resource.remoteName,
      ...(at === undefined ? {} : { at }),
      labels: resource.labels,
      annotations: resource.annotations,
      managed: resource.managed,
      protected: resource.protected,
      declaredBy: resource.declaredBy,
      spec: resource.spec,
      ...(origins ? { provenance: originsOf(resource, resource.spec, []) } : {}),
    };
  }),
});

function originsOf(resource: Resource, value: Json, path: Path): ValueOrigin[] {
  if (isJsonObject(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([key, member]) => originsOf(resource, member, [...path, key]));
  const [at, ...overrode] = provenance(resource, path, 'value');
  return [{ path: path.join('.'), value, ...(at === undefined ? {} : { at }), overrode }];
}

/** One line per value: where it was written and what it overrode. */
export const provenanceText = (document: RenderDocument, paint: Paint): string =>
  document.resources
    .map(resource =>
      [
        `${paint.strong(`${resource.kind} ${plain(resource.name)}`)}  ${resource.cluster ?? 'no cluster'} · ${resource.tenant ?? 'platform'}  ${paint.faint(place(resource.at))}`,
        ...(resource.provenance ?? []).map(origin => {
          const overrode = origin.overrode.length === 0 ? '' : `, overrides ${origin.overrode.map(place).join(', ')}`;
          return `  ${origin.path}: ${plain(JSON.stringify(origin.value))}  ${paint.faint(`${place(origin.at)}${overrode}`)}`;
        }),
      ].join('\n'),
    )
    .join('\n\n');
