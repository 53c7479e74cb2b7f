import type { Fields, FieldValue } from '#model/change.ts';
import type { Fact } from '#model/fact.ts';
import type { Resource } from '#model/resource.ts';
import type { Kind } from '../kind.ts';
import { assess } from './assess.ts';
import { brokerSpelling, keptBytes, sameConfig } from './config-values.ts';
import { evidence, probe } from './evidence.ts';
import { report } from './problems.ts';
import { finish } from './reassign.ts';
import { rules } from './rules.ts';
import { TopicSpec } from './spec.ts';
import { toManifest, unsayable } from './to-manifest.ts';
import { apply, read } from './via-kafka.ts';

const plainName = (resource: Pick<Resource, 'name' | 'spec'>) => (resource.spec as TopicSpec).name ?? resource.name;

function project(resource: Resource): Fields {
  const spec = resource.spec as TopicSpec;
  const fields: Record<string, FieldValue> = {};
  if (spec.partitions !== undefined) fields.partitions = spec.partitions;
  if (spec.replicationFactor !== undefined) fields.replicationFactor = spec.replicationFactor;
  for (const [key, value] of Object.entries(spec.config ?? {}))
    fields[`config.${key}`] = brokerSpelling(key, value) ?? String(value);
  return fields;
}

function factOf(resource: Resource): Fact {
  const { dataClass, partitions, config } = resource.spec as TopicSpec;
  const bytesPerPartition = keptBytes(config ?? {});
  return {
    fact: 'topic',
    tenant: resource.tenant,
    cluster: resource.cluster,
    name: plainName(resource),
    remoteName: resource.remoteName,
    ...(dataClass === undefined ? {} : { dataClass }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(bytesPerPartition === undefined ? {} : { bytesPerPartition }),
  };
}

/** A Kafka topic with its partitions, replication and configuration. */
export const topic: Kind = {
  name: 'Topic',
  plural: 'topics',
  description: 'A Kafka topic: partitions, replication, configuration, owner and what its records mean.',
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: TopicSpec,
  problems: report,
  defaultsKey: 'topic',
  template: { kind: 'TopicTemplate', field: 'template' },
  refersTo: [],
  ownedNames: resource => [
    { category: 'topics', name: plainName(resource), path: (resource.spec as TopicSpec).name === undefined ? [] : ['name'] },
  ],
  remoteName: (resource, prefix) => prefix + plainName(resource),
  facts: resource => [factOf(resource)],
  rules,
  remote: {
    needs: ['kafka'],
    holdsData: true,
    read,
    project,
    keeps: ['partitions', 'replicationFactor'],
    same: (path, desired, live) =>
      path.startsWith('config.') ? sameConfig(path.slice('config.'.length), desired, live) : desired === live,
    assess,
    evidence,
    probe,
    probesCharge: true,
    apply,
    finish,
    visible: async (ports, names) => {
      const seen = new Set(
        (await ports.kafka.listTopics({ confirm: true }))
          .filter(each => each.partitions.every(partition => partition.leader >= 0))
          .map(each => each.name),
      );
      return names.every(name => seen.has(name));
    },
    toManifest,
    unsayable,
  },
};
