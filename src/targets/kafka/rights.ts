import { Fault } from '#model/fault.ts';
import { type AclOperation, aclOperations } from '#ports/kafka.ts';

const describe = 'DESCRIBE on the cluster';
const alter = 'ALTER on the cluster';

/** The right that a whole request needs, by Kafka's name of the API (KafkaApis and ControllerApis); requests about named resources say it per item. */
const byApi: Readonly<Record<string, string>> = {
  DescribeAcls: describe,
  DescribeUserScramCredentials: describe,
  DescribeLogDirs: describe,
  ListPartitionReassignments: describe,
  // Its key 74 has kept the name in the client that it had before version 1.
  ListClientMetricsResources: 'DESCRIBE_CONFIGS on the cluster',
  DescribeClientQuotas: 'DESCRIBE_CONFIGS on the cluster',
  CreateAcls: alter,
  DeleteAcls: alter,
  AlterUserScramCredentials: alter,
  AlterPartitionReassignments: alter,
  AlterClientQuotas: 'ALTER_CONFIGS on the cluster',
};

/** The name of the right in words of ours; undefined for requests that need it on what they name. */
export const rightFor = (api: string): string | undefined => byApi[api];

/** Authorised operations come as a bit field in Kafka's codes; this value means that the broker did not say. */
const notSaid = -2_147_483_648;

/** The operations of a bit field; null when the broker did not say. A cluster that we may not DESCRIBE answers with none at all, which says nothing. */
export const operationsIn = (bits: number): AclOperation[] | null =>
  bits === notSaid || bits === 0 ? null : aclOperations.filter((_, index) => (bits & (1 << (index + 2))) !== 0);

/**
 * Refuses before it is asked what the broker would not refuse in a useful way: without DESCRIBE on the cluster ListGroups leaves out groups in
 * silence, and a request for all SCRAM users is never answered (the broker fails over its own refusal, Kafka 4.3.1).
 */
export async function requireDescribe(brokers: {
  discover(): Promise<{ readonly clusterAuthorizedOperations: number }>;
}): Promise<void> {
  if ((await brokers.discover()).clusterAuthorizedOperations === 0)
    throw new Fault('kafka/cluster-authorization-failed', `Our principal lacks ${describe}.`, {
      remedy: 'Give our principal this right by an ACL (kafka-acls.sh --add), then plan again.',
    });
}
