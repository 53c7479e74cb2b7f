/**
 * The store of what a Kafka client needs to log in to a KafkaCluster as its document says, by the client's own property names (`sasl.jaas.config`,
 * `ssl.keystore.key` …): `${secret.KafkaCluster/NAME.PROPERTY}`. Read only; the slash keeps every document's store from having this name.
 */
export const clusterLogin = (cluster: string): string => `KafkaCluster/${cluster}`;

/** The KafkaCluster that a store of this name stands for. */
export const loginCluster = (store: string): string | undefined => /^KafkaCluster\/(.+)$/.exec(store)?.[1];
