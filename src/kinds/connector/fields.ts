import type { Fields } from '#model/change.ts';
import type { Resource } from '#model/resource.ts';
import { hasSecretName, looksSecret } from '#model/secret-looking.ts';
import type { WantedState } from '#ports/connect.ts';
import type { ConnectorSpec } from './spec.ts';

type Named = Pick<Resource, 'name' | 'spec'>;
export const configPrefix = 'config.';
/** What is shown instead of a live value that may be secret. */
export const hiddenValue = '(hidden: it may be a secret)';
/** Keys of Connect's own that have a field of their own. */
export const ownKeys: readonly string[] = ['name', 'connector.class'];

/** The name on the workers, without prefix. */
export const plainName = (connector: Named): string =>
  typeof connector.spec.name === 'string' ? connector.spec.name : connector.name;

/** The Connect cluster by its name, and the KafkaCluster where the document names one. */
export function connectOf(connector: Named): { connect: string; cluster: string | undefined } {
  // Asked before the shape is checked.
  const connect = typeof connector.spec.connect === 'string' ? connector.spec.connect : '';
  const slash = connect.indexOf('/');
  return { connect: connect.slice(slash + 1), cluster: slash < 0 ? undefined : connect.slice(0, slash) };
}

/** Two Connect clusters of one Kafka cluster may have connectors of one name. */
export const remoteName = (connector: Named, prefix: string): string =>
  `${connectOf(connector).connect}/${prefix}${plainName(connector)}`;

/** The parts of a remote name. A connector's own name may hold slashes, a Connect cluster's none. */
export function partsOf(remote: string): { connect: string; name: string } {
  const slash = remote.indexOf('/');
  return { connect: remote.slice(0, slash), name: remote.slice(slash + 1) };
}

/**
 * Do the workers understand an address with this name? They make connectors whose names they refuse in every address afterwards (Jetty's ambiguous paths),
 * and cut blanks off both ends of a new one's name, which is then another connector than was asked for.
 */
export const isAddressable = (name: string): boolean => !/[/\\%{}\p{Cc}]|^ | $/u.test(name) && !/^\.{1,2}$/.test(name);

/** Workers take a class by its full name or by its last part, with or without `Connector` at the end. */
export function classNames(full: string): string[] {
  const short = full.slice(full.lastIndexOf('.') + 1);
  return [full, short, short.replace(/Connector$/, '')];
}

/** All that is declared, as Connect spells it: every value is a string. Secrets stay references. */
export function project(resource: Resource): Fields {
  const { class: kind, state = 'running', config = {} } = resource.spec as ConnectorSpec;
  return {
    class: kind,
    state,
    ...Object.fromEntries(Object.entries(config).map(([key, value]) => [configPrefix + key, String(value)])),
  };
}

/** The configuration that fields stand for, with references to secrets. */
export const configIn = (fields: Fields): Record<string, string> => ({
  'connector.class': String(fields.class),
  ...Object.fromEntries(
    Object.entries(fields).flatMap(([path, value]) =>
      path.startsWith(configPrefix) && value !== null ? [[path.slice(configPrefix.length), String(value)]] : [],
    ),
  ),
});

export const stateIn = (fields: Fields): WantedState => (fields.state ?? 'running') as WantedState;

/** May this live value be a secret, as far as key and text tell? References to Connect's own providers are none. */
export const mayBeSecret = (key: string, value: string): boolean =>
  looksSecret(key, value) || (hasSecretName(key) && !/^(true|false|)$/i.test(value) && !isReference(value));

const isReference = (value: string): boolean => /^\$\{[^}]+\}$/.test(value);
