import type { KafkaConnection, RequestCounts } from '#ports/connection.ts';
import type { Kafka } from '#ports/kafka.ts';
import { aclCalls } from './acls.ts';
import { Brokers } from './brokers.ts';
import { configCalls } from './configs.ts';
import { evidenceCalls } from './evidence.ts';
import { featureCalls } from './features.ts';
import { quotaCalls } from './quotas.ts';
import { operationsIn } from './rights.ts';
import { topicCalls } from './topics.ts';
import { userCalls } from './users.ts';

/** Opens one cluster: the first bootstrap server that answers tells its brokers. Throws a `Fault` when none does. */
export async function openKafka(connection: KafkaConnection): Promise<Kafka & { readonly requests: RequestCounts }> {
  const brokers = new Brokers(connection);
  let first: Awaited<ReturnType<Brokers['discover']>> | undefined;
  try {
    first = await brokers.discover();
  } catch (error) {
    await brokers[Symbol.asyncDispose]();
    throw error;
  }
  const topics = topicCalls(brokers);
  return {
    ...topics,
    ...configCalls(brokers),
    ...aclCalls(brokers),
    ...userCalls(brokers),
    ...quotaCalls(brokers, connection.username),
    ...featureCalls(brokers),
    ...evidenceCalls(brokers, topics.listTopics),
    requests: brokers.requests,
    user: connection.username ?? null,
    async describeCluster() {
      const answer = first ?? (await brokers.discover());
      first = undefined;
      return {
        clusterId: answer.clusterId,
        controllerId: answer.controllerId,
        brokers: brokers.known,
        authorizedOperations: operationsIn(answer.clusterAuthorizedOperations),
      };
    },
    [Symbol.asyncDispose]: () => brokers[Symbol.asyncDispose](),
  };
}
