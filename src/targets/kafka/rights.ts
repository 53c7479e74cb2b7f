import { type AclOperation, aclOperations } from '#ports/kafka.ts';

const describe = 'DESCRIBE on the cluster';
const alter = 'ALTER on the cluster';

/** The right that a whole request needs, by Kafka's name of the API (KafkaApis and ControllerApis); requests about named resources say it per item. */
const byApi: Readonly<Record<string, string>> = {
  DescribeAcls: describe,
  DescribeUserScramCredentials: describe,
  DescribeLogDirs: describe,
  ListPartitionReassignments: describe,
  DescribeClientQuotas: 'DESCRIBE_CONFIGS on the cluster',
  CreateAcls: alter,
  DeleteAcls: alter,
  AlterUserScramCredentials: alter,
  AlterPartitionReassignments: alter,
  AlterClientQuotas: 'ALTER_CONFIGS on the cluster',
};

export const rightFor = (api: string): string | undefined => byApi[api];

/** Authorised operations come as a bit field in Kafka's codes; this value means that the broker did not say. */
const notSaid = -2_147_483_648;

/** The operations of a bit field; null when the broker did not say. A cluster that we may not DESCRIBE answers with none at all, which says nothing. */
export const operationsIn = (bits: number): AclOperation[] | null =>
  bits === notSaid || bits === 0 ? null : aclOperations.filter((_, index) => (bits & (1 << (index + 2))) !== 0);
