import { sameConfigValue } from '#model/config-value.ts';
import type { Kind } from '../kind.ts';
import { report } from './problems.ts';
import { rules } from './rules.ts';
import { KafkaClusterSpec } from './spec.ts';
import { toAddition } from './to-addition.ts';
import { apply, assess, brokers, probe, project, read } from './via-kafka.ts';

/** A Kafka cluster: how to reach it, and its dynamic broker configuration. */
export const kafkaCluster: Kind = {
  name: 'KafkaCluster',
  plural: 'clusters',
  description: 'A Kafka cluster: how to reach it, its pinned id, its dynamic broker configuration.',
  writtenBy: 'platform',
  lives: 'landscape',
  spec: KafkaClusterSpec,
  problems: report,
  rules,
  remoteName: () => brokers,
  remote: {
    needs: ['kafka'],
    read,
    project,
    same: (_path, desired, live) => sameConfigValue(desired, live),
    apply,
    probe,
    assess,
    toAddition,
    clusterWide: () => true,
  },
};
