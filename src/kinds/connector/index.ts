import type { Kind } from '../kind.ts';
import { apply } from './apply.ts';
import { assess } from './assess.ts';
import { evidence } from './evidence.ts';
import { partsOf, plainName, project, remoteName } from './fields.ts';
import { operations } from './operations.ts';
import { probe } from './probe.ts';
import { report } from './problems.ts';
import { rules } from './rules.ts';
import { ConnectorSpec } from './spec.ts';
import { toManifest } from './to-manifest.ts';
import { read } from './via-connect.ts';

/** A connector on a Kafka Connect cluster: its class, its configuration, and whether it runs. */
export const connector: Kind = {
  name: 'Connector',
  plural: 'connectors',
  description: 'A connector on a Kafka Connect cluster: class, configuration, wanted state.',
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: ConnectorSpec,
  problems: report,
  defaultsKey: 'connector',
  template: { kind: 'Connection', field: 'connection', part: { of: 'properties', below: 'config' } },
  refersTo: ['Topic', 'ServiceAccount', 'Acl', 'Quota', 'ConsumerGroup', 'Schema', 'Connection', 'Secret'],
  ownedNames: connector => [
    {
      category: 'connectors',
      name: plainName(connector),
      path: (connector.spec as ConnectorSpec).name === undefined ? [] : ['name'],
    },
  ],
  remoteName,
  rules,
  remote: {
    needs: ['connect', 'secrets'],
    holdsData: true,
    whole: true,
    read,
    part: name => partsOf(name).connect,
    project,
    assess,
    evidence,
    probe,
    apply: (ports, changes) => apply(ports, changes),
    visible: async (ports, names) => {
      const byCluster = Map.groupBy(names.map(partsOf), each => each.connect);
      const seen = await Promise.all(
        [...byCluster].map(async ([cluster, wanted]) => {
          const there = new Set((await (await ports.connect(cluster)).connectors()).map(each => each.name));
          return wanted.every(each => there.has(each.name));
        }),
      );
      return seen.every(Boolean);
    },
    leases: async (ports, changes) => {
      const clusters = new Set(changes.map(change => partsOf(change.remoteName).connect));
      return Promise.all([...clusters].map(async name => `connect/${(await ports.connect(name)).address}`));
    },
    inScope: (name, holds) => holds(partsOf(name).name),
    toManifest,
    operations,
  },
};
