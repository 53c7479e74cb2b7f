import type { JsonObject } from '#model/json.ts';
import type { Live } from '../kind.ts';
import { bindingOf } from './binding.ts';

/** Short and stable, so that names that lose characters stay apart (FNV-1a, 32 bits). */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0');
}

/** A raw document for one live binding. The principal stands as the broker has it; a wildcard that the environment's prefix narrowed is a wildcard again. */
export function toManifest(live: Live, unprefixed: (name: string) => string): { name: string; spec: JsonObject } {
  const binding = bindingOf(live.remoteName);
  const prefixable = /^(topic|group|transactionalId)$/.test(binding.resourceType);
  const plain = prefixable ? unprefixed(binding.resourceName) : binding.resourceName;
  const [name, pattern] = plain === '' ? ['*', 'literal'] : [plain, binding.pattern];
  const readable = `${binding.principal.replace(/^User:/, '')}-${binding.resourceType}-${name}-${binding.operation}`
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+/, '')
    .toLowerCase()
    .slice(0, 200);
  return {
    name: `${readable}-${fingerprint(live.remoteName)}`,
    spec: {
      principal: binding.principal,
      resource: { type: binding.resourceType, name, pattern },
      operations: [binding.operation],
      ...(binding.permission === 'DENY' ? { permission: 'deny' } : {}),
      ...(binding.host === '*' ? {} : { host: binding.host }),
    },
  };
}
