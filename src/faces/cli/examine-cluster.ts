import { Fault } from '#model/fault.ts';
import type { KafkaClusterSpec } from '#model/frame/frame.ts';
import type { AclOperation, Kafka } from '#ports/kafka.ts';

/** One line of a doctor's report. */
export interface Finding {
  readonly what: string;
  readonly good: boolean;
  readonly says: string;
  readonly remedy?: string;
}

/** A cluster as the landscape knows it, and the topics that it declares there (by remote name). */
export interface Patient {
  readonly name: string;
  readonly spec: KafkaClusterSpec;
  readonly topics: readonly string[];
}

/** What a full plan and apply need of our principal: on the cluster, with what for, and on each topic. */
const onCluster: Readonly<Partial<Record<AclOperation, string>>> = {
  DESCRIBE: 'reading rights, accounts and groups',
  ALTER: 'rights, accounts, replication factors',
  CREATE: 'topics',
  DESCRIBE_CONFIGS: 'reading quotas and broker configuration',
  ALTER_CONFIGS: 'quotas and broker configuration',
};
const onTopics: readonly AclOperation[] = ['DESCRIBE_CONFIGS', 'ALTER', 'ALTER_CONFIGS', 'DELETE'];
const topicsAtMost = 500;

/** Looks at one thing; a fault is a finding too. */
export async function examine(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, good: true, says: await look() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
    return { what, good: false, says: `${error.code}: ${error.message}`, ...remedy };
  }
}

/** Whether a cluster answers, which Kafka it is, and what our principal may do there. */
export async function examineCluster(patient: Patient, open: () => Promise<Kafka>): Promise<Finding[]> {
  let kafka: Kafka | undefined;
  const contact = await examine(`cluster ${patient.name}`, async () => {
    kafka = await open();
    return describe(kafka);
  });
  if (kafka === undefined) return [contact];
  const reached = kafka;
  const cluster = await examine(`rights on ${patient.name}`, () => clusterRights(patient, reached));
  if (patient.topics.length === 0) return [contact, cluster];
  return [contact, cluster, await examine(`topics on ${patient.name}`, () => topicRights(patient, reached))];
}

async function describe(kafka: Kafka): Promise<string> {
  const [{ clusterId, brokers }, { release, features }] = await Promise.all([kafka.describeCluster(), kafka.describeFeatures()]);
  const switchedOn = features.map(each => `${each.name} ${each.level}`).join(', ');
  const count = `${brokers.length} broker${brokers.length === 1 ? '' : 's'}`;
  return `${clusterId}, ${count}, Kafka ${release ?? 'of a release that we do not know'}${switchedOn === '' ? '' : `; ${switchedOn}`}`;
}

async function clusterRights(patient: Patient, kafka: Kafka): Promise<string> {
  const { authorizedOperations: rights } = await kafka.describeCluster();
  if (rights === null) {
    // It names none where we may not DESCRIBE it; reading rights then says so in its own words.
    await kafka.listAcls().catch(error => {
      if (!(error instanceof Fault) || !error.code.endsWith('authorization-failed')) throw error;
      throw new Fault('kafka/rights', error.message, { remedy: command(patient, '--cluster', Object.keys(onCluster)) });
    });
    return 'the cluster does not say what we may do';
  }
  const lacking = (Object.keys(onCluster) as AclOperation[]).filter(word => !rights.includes(word));
  if (lacking.length === 0) return rights.join(', ');
  const named = lacking.map(word => `${word} (${onCluster[word]})`).join(', ');
  throw new Fault('kafka/rights', `Our principal lacks on the cluster ${named}.`, {
    remedy: command(patient, '--cluster', lacking),
  });
}

async function topicRights(patient: Patient, kafka: Kafka): Promise<string> {
  const names = patient.topics.slice(0, topicsAtMost);
  await kafka.listTopics({ expect: names });
  const rights = await kafka.topicRights(names);
  const lacking = new Map<string, string[]>();
  for (const [topic, operations] of rights)
    for (const word of onTopics)
      if (operations !== null && !operations.includes(word)) lacking.set(word, [...(lacking.get(word) ?? []), topic]);
  const seen = `${rights.size} of ${patient.topics.length} declared topics are there`;
  if (lacking.size === 0) return `${seen}; all that a plan may ask for is allowed`;
  const [[word, topics]] = [...lacking] as [[string, string[]]];
  throw new Fault(
    'kafka/rights',
    `Our principal lacks ${[...lacking.keys()].join(', ')} on topics, ${word} on ${topics.length}.`,
    {
      remedy: command(patient, `--topic '${topics[0]}'`, [...lacking.keys()]),
    },
  );
}

/** How a person with the right to do it gives ours, with Kafka's own tool. */
function command({ spec }: Patient, resource: string, operations: readonly string[]): string {
  const user = spec.connection === 'local' ? undefined : spec.connection.username;
  const principal = user === undefined ? 'User:<our principal>' : `User:${user}`;
  const words = operations.map(
    each => `--operation ${each.toLowerCase().replace(/(^|_)(.)/g, (_all, _gap, letter: string) => letter.toUpperCase())}`,
  );
  return `kafka-acls.sh --bootstrap-server … --add --allow-principal '${principal}' ${resource} ${words.join(' ')}`;
}
