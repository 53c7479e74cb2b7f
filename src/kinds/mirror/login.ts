import { clusterLogin } from '#model/cluster-login.ts';
import type { KafkaClusterSpec } from '#model/frame/frame.ts';
import type { Resource } from '#model/resource.ts';
import { keptIn, mechanismKey, storeName } from '#model/secret-store.ts';
import type { Surroundings } from '../kind.ts';
import { declaredOn, type Source } from './source.ts';
import type { MirrorSpec } from './spec.ts';

/**
 * The properties with which a Kafka client reaches a cluster as its document says. What is secret, and what only a running local cluster knows, is a
 * reference that is resolved when the connector is written.
 */
export function loginOf(cluster: string, { connection }: KafkaClusterSpec): Record<string, string> {
  const reference = (property: string) => ({ [property]: `\${secret.${clusterLogin(cluster)}.${property}}` });
  if (connection === 'local')
    return {
      ...reference('bootstrap.servers'),
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'SCRAM-SHA-512',
      ...reference('sasl.jaas.config'),
    };
  const { bootstrapServers, protocol = 'PLAINTEXT', mechanism, tls, oauth } = connection;
  return {
    'bootstrap.servers': bootstrapServers.join(','),
    'security.protocol': protocol,
    ...(mechanism === undefined ? {} : { 'sasl.mechanism': mechanism, ...reference('sasl.jaas.config') }),
    ...(oauth === undefined
      ? {}
      : {
          'sasl.oauthbearer.token.endpoint.url': oauth.tokenEndpoint,
          'sasl.login.callback.handler.class': 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler',
        }),
    ...(tls?.ca === undefined ? {} : { 'ssl.truststore.type': 'PEM', ...reference('ssl.truststore.certificates') }),
    ...(tls?.key === undefined
      ? {}
      : { 'ssl.keystore.type': 'PEM', ...reference('ssl.keystore.certificate.chain'), ...reference('ssl.keystore.key') }),
  };
}

/** The account that a mirror reads as, on the source's side; undefined where it names none or there is none. */
export const readerOf = ({ account }: MirrorSpec, source: Source): Resource | undefined =>
  account === undefined ? undefined : declaredOn(source, 'ServiceAccount', account);

/** Where the password of an account is kept, as `STORE.KEY`, its tenant's own store in full; undefined where we make none. */
export function passwordOf(account: Resource, around: Surroundings): string | undefined {
  const { name, tenant, cluster } = account;
  const fact = around.facts('account').find(each => each.name === name && each.tenant === tenant && each.cluster === cluster);
  const kept = keptIn(fact?.credential);
  if (kept === undefined) return undefined;
  const declared = around.resolve({ kind: 'SecretStore', name: kept.store }, tenant);
  return `${declared === undefined ? kept.store : storeName(declared)}.${kept.key}`;
}

/** Does the cluster ask for a user and a password? */
export const takesPasswords = ({ connection }: KafkaClusterSpec): boolean =>
  connection === 'local' || /^SASL_/.test(connection.protocol ?? '');

/** The properties with which an account with a password logs in, to be laid over those of the cluster. A rotation changes both, so both are asked of the store. Passwords that we make need no quoting. */
export function loginAs(account: Resource, password: string): Record<string, string> {
  const user = account.remoteName.replace(/^User:/, '');
  return {
    'sasl.mechanism': `\${secret.${mechanismKey(password)}}`,
    'sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="\${secret.${password}}";`,
  };
}
