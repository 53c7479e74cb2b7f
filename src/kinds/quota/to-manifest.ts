import { documentName, fingerprint } from '#model/document-name.ts';
import type { JsonObject } from '#model/json.ts';
import type { Live } from '../kind.ts';
import { entityOf } from './entity.ts';

/** A document for one entity with limits. Its user stands as the broker has it. */
export function toManifest(live: Live): { name: string; spec: JsonObject } {
  const { user, clientId, ip } = entityOf(live.remoteName);
  const defaults = (['user', 'clientId', 'ip'] as const).filter(part => ({ user, clientId, ip })[part] === null);
  const entity: JsonObject = {
    ...(user ? { user } : {}),
    ...(clientId ? { clientId } : {}),
    ...(ip ? { ip } : {}),
    ...(defaults.length > 0 ? { default: defaults } : {}),
  };
  const limits = Object.fromEntries(Object.entries(live.fields).map(([path, value]) => [path.slice('limits.'.length), value]));
  const readable = live.remoteName
    .replaceAll('<default>', 'default')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 200);
  const lossy = [user, clientId, ip].some(part => part != null && documentName(part) !== part);
  return { name: `quota-${readable}${lossy ? `-${fingerprint(live.remoteName)}` : ''}`, spec: { entity, limits } };
}
