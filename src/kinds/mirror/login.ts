import { clusterLogin } from '#model/cluster-login.ts';
import type { KafkaClusterSpec } from '#model/frame/frame.ts';

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
