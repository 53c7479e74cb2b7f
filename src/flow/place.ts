import type { Manifest } from '#model/manifest.ts';

export type Place = Pick<Manifest, 'tenant' | 'overlay' | 'unassigned'>;

/** Whose a file is and where it holds, from its path alone; undefined for a place where no document of ours may stand. */
export function placeOf(file: string): Place | undefined {
  const parts = file.split('/');
  if (parts.length === 1) return /^kaas\.ya?ml$/.test(file) ? { tenant: null, overlay: null, unassigned: false } : undefined;
  const tenant = parts[0] === 'tenants' ? (parts[1] as string) : null;
  if (tenant === null && parts[0] !== 'platform') return undefined;
  if (tenant !== null && parts.length < 3) return undefined;
  const rest = parts.slice(tenant === null ? 1 : 2);
  const overlay = rest[0] === 'environments' && rest.length > 2 ? (rest[1] as string) : null;
  return { tenant, overlay, unassigned: tenant === null && overlay !== null && rest[2] === 'unassigned' && rest.length > 3 };
}
