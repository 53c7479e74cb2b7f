import { documentName } from '#model/document-name.ts';
import type { Imported, Live } from '../kind.ts';
import { otherProtocols } from './problems.ts';

const types = ['consumer', 'share', 'streams'];

/**
 * A document for a group with configuration. The broker takes keys of every protocol for any group; a document speaks one of them: that of most keys,
 * in case of a draw the one that Kafka has had for longest. Undefined for a group on which nothing is set.
 */
export function toManifest(live: Live, unprefixed: (name: string) => string): Imported | undefined {
  const set = Object.entries(live.fields).map(([path, value]) => [path.slice('config.'.length), value] as const);
  if (set.length === 0) return undefined;
  const ofType = (type: string) => set.filter(([key]) => key.startsWith(`${type}.`));
  const [type = 'consumer'] = types.toSorted((a, b) => ofType(b).length - ofType(a).length);
  const config = Object.fromEntries(ofType(type));
  const plainName = unprefixed(live.remoteName);
  const name = documentName(plainName);
  return {
    name,
    spec: { ...(name === plainName ? {} : { name: plainName }), type, config },
    ...(ofType(type).length === set.length ? {} : { lacks: [otherProtocols] }),
  };
}
