import type { Fact } from '#model/fact.ts';
import type { SecretReference } from '#model/redacted.ts';
import type { Resource } from '#model/resource.ts';
import { localStore, type SecretStoreSpec, storeName } from '#model/secret-store.ts';
import type { Kind, ReportAt, Surroundings } from '../kind.ts';
import { report } from './problems.ts';

type Path = readonly (string | number)[];

/** A tenant's store may use nothing of the machine that kaas runs on: whoever writes its address would be sent the platform's own secrets. */
export const rules: NonNullable<Kind['rules']> = (resource, around, reportAt) => {
  const spec = resource.spec as unknown as SecretStoreSpec;
  if (resource.name === localStore)
    reportAt(details => report('reserved-name', details), [], 'A SecretStore document is named `local`.');
  for (const { reference, path } of secretsIn(spec)) judgeLogin(resource, around, reportAt, { reference, path });
  if (resource.tenant !== null) {
    const own = ofTheMachine(spec);
    if (own !== undefined) reportAt(details => report('platform-only', details), [...own.path], own.message);
    if (spec.tenants !== undefined)
      reportAt(
        details => report('platform-only', details),
        ['tenants'],
        'Whom a store is for is said by the platform, or by a Grant.',
      );
  }
  for (const [field, address] of Object.entries(spec))
    if (typeof address === 'string' && /^http:\/\/(?!(localhost|127\.[\d.]+|\[::1\])([:/]|$))/i.test(address))
      reportAt(details => report('in-clear', details), [field], `\`${address}\` is not encrypted.`);
  const twin = sharing(resource, around);
  if (twin !== undefined)
    reportAt(
      details => report('shared-place', details),
      [],
      `\`${storeName(twin)}\` keeps its secrets in the same place as \`${storeName(resource)}\`.`,
    );
};

function judgeLogin(
  resource: Resource,
  around: Surroundings,
  reportAt: ReportAt,
  { reference, path }: { reference: SecretReference; path: Path },
): void {
  const { tenant } = resource;
  if (!('store' in reference)) {
    if (tenant !== null)
      reportAt(
        details => report('platform-only', details),
        [...path],
        `${'env' in reference ? `The variable ${reference.env}` : `The file ${reference.file}`} is the platform's.`,
      );
    return;
  }
  const store = reference.store === localStore ? null : around.resolve({ kind: 'SecretStore', name: reference.store }, tenant);
  if (store === undefined) return;
  if (tenant === null ? store !== null : store !== null && store.tenant !== null)
    reportAt(details => report('circular-login', details), [...path], `This login is kept in the store \`${reference.store}\`.`);
  else if (tenant !== null && !reference.key.startsWith(`${tenant}/`))
    reportAt(details => report('platform-only', details), [...path], `\`${reference.key}\` does not begin with \`${tenant}/\`.`);
}

/** Where a spec names secrets. */
export function secretsIn(spec: SecretStoreSpec): { reference: SecretReference; path: Path }[] {
  const found: { reference: SecretReference; path: Path }[] = [];
  const look = (value: unknown, path: Path) => {
    if (typeof value !== 'object' || value === null) return;
    if (('env' in value || 'file' in value || 'store' in value) && path.length > 0)
      found.push({ reference: value as SecretReference, path });
    else for (const [key, member] of Object.entries(value)) if (key !== 'labels') look(member, [...path, key]);
  };
  look(spec, []);
  return found;
}

/** What of this machine a store would use without naming it. */
function ofTheMachine(spec: SecretStoreSpec): { path: Path; message: string } | undefined {
  switch (spec.type) {
    case 'local':
      return { path: ['type'], message: 'A file on the machine that kaas runs on is the platform’s.' };
    case 'kubernetes':
      if (spec.url === undefined) return { path: ['type'], message: 'Without `url` it is the cluster that kaas runs in.' };
      return spec.token === undefined
        ? { path: ['type'], message: 'Without `token` it is the login of kaas itself.' }
        : undefined;
    case 'vault':
      return spec.kubernetes !== undefined && spec.kubernetes.jwt === undefined
        ? { path: ['kubernetes'], message: 'Without `jwt` it is the service account of kaas itself.' }
        : undefined;
    case 'aws':
      return spec.credentials === undefined
        ? { path: ['type'], message: 'Without `credentials` they are those of kaas itself.' }
        : undefined;
    case 'azure':
      return spec.tenantId === undefined
        ? { path: ['type'], message: 'Without `tenantId` it is the identity of the machine that kaas runs on.' }
        : undefined;
  }
}

type Store = Extract<Fact, { fact: 'secretStore' }>;

/** Another tenant's store, or one of the platform's, on the very same place; the later by name gets the problem. */
const sharing = (resource: Resource, around: Surroundings): Store | undefined =>
  around
    .facts('secretStore')
    .find(
      each =>
        each.tenant !== resource.tenant &&
        each.place === placeOf(resource.spec as unknown as SecretStoreSpec) &&
        (resource.tenant ?? '') > (each.tenant ?? ''),
    );

/** Where the secrets of a store stand, however it is reached. */
export function placeOf(spec: SecretStoreSpec): string {
  const host = (url: string) => url.toLowerCase().replace(/\/+$/, '');
  switch (spec.type) {
    case 'local':
      return `local ${spec.file ?? ''}`;
    case 'vault':
      return `vault ${host(spec.url)} ${spec.namespace ?? ''} ${spec.mount ?? 'secret'}/${spec.path ?? ''}`;
    case 'kubernetes':
      return `kubernetes ${host(spec.url ?? '')} ${spec.namespace}`;
    case 'aws':
      return `aws ${host(spec.endpoint ?? '')} ${spec.region} ${spec.prefix ?? ''}`;
    case 'azure':
      return `azure ${host(spec.vaultUrl)}`;
  }
}
