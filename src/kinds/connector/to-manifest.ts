import { documentName } from '#model/document-name.ts';
import type { Redacted } from '#model/redacted.ts';
import type { Kind } from '../kind.ts';
import { configPrefix, isAddressable, partsOf } from './fields.ts';
import { reasons } from './problems.ts';

/** A document for a connector that nobody declares. What may be a secret becomes a reference to the store `local`, where the value goes. */
export const toManifest: NonNullable<NonNullable<Kind['remote']>['toManifest']> = (live, unprefixed) => {
  const { connect, name: remote } = partsOf(live.remoteName);
  if (!isAddressable(remote))
    return {
      code: reasons.badName,
      message:
        'No document may give a connector such a name: the workers refuse every address with it, or call a new one otherwise.',
    };
  const plain = unprefixed(remote);
  const name = documentName(plain);
  const hidden = (live.details.hidden ?? {}) as Readonly<Record<string, Redacted>>;
  const secrets = new Map<string, Redacted>();
  const config = Object.fromEntries(
    Object.entries(live.fields).flatMap(([path, value]) => {
      if (!path.startsWith(configPrefix) || value === null) return [];
      const key = path.slice(configPrefix.length);
      const secret = hidden[key];
      if (secret === undefined) return [[key, value]];
      const place = `connectors/${connect}/${documentName(remote)}/${documentName(key)}`;
      secrets.set(place, secret);
      return [[key, `\${secret.local.${place}}`]];
    }),
  );
  const { class: kind, state } = live.fields;
  return {
    name,
    spec: {
      ...(name === plain ? {} : { name: plain }),
      connect,
      class: String(kind),
      ...(Object.keys(config).length === 0 ? {} : { config }),
      ...(state === 'running' ? {} : { state: String(state) }),
    },
    ...(secrets.size === 0 ? {} : { secrets }),
  };
};
