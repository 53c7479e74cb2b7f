import type { Reason } from '#model/change.ts';
import { fingerprint } from '#model/document-name.ts';
import type { Imported, Live } from '../kind.ts';
import { bindingOf } from './binding.ts';
import { widened } from './problems.ts';

/**
 * A raw document for one live binding. The principal stands as the broker has it; a wildcard that the environment's prefix narrowed is a wildcard again.
 * A reason for what no document can say behind the prefix without giving more: the name that is the prefix itself, and a literal `<prefix>*`.
 */
export function toManifest(live: Live, unprefixed: (name: string) => string): Imported | Reason {
  const binding = bindingOf(live.remoteName);
  const prefixable = /^(topic|group|transactionalId)$/.test(binding.resourceType);
  const plain = prefixable ? unprefixed(binding.resourceName) : binding.resourceName;
  const literal = binding.pattern === 'literal';
  if (literal && (plain === '' || (plain === '*' && binding.resourceName !== '*'))) return widened;
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
