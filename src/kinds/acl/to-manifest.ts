import { fingerprint } from '#model/document-name.ts';
import type { JsonObject } from '#model/json.ts';
import type { Live } from '../kind.ts';
import { bindingOf } from './binding.ts';

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
