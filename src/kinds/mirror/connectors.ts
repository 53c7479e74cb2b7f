import type { Expanded, Surroundings } from '../kind.ts';
import { loginAs, loginOf, passwordOf, readerOf } from './login.ts';
import { declaredOn, type Source } from './source.ts';
import type { MirrorSpec } from './spec.ts';

const maker = 'org.apache.kafka.connect.mirror';
const bytes = 'org.apache.kafka.connect.converters.ByteArrayConverter';
const policies = { default: `${maker}.DefaultReplicationPolicy`, identity: `${maker}.IdentityReplicationPolicy` } as const;

const below = (prefix: string, settings: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [prefix + key, value]));

/** Names and prefixes as MirrorMaker takes them: Java's regular expressions, with commas between. */
const patterns = (names: readonly string[]): string =>
  names
    .map(name => name.replace(/\*$/, '').replace(/[^A-Za-z0-9_-]/g, sign => `\\${sign}`) + (name.endsWith('*') ? '.*' : ''))
    .join(',');

export interface Ends {
  readonly source: Source;
  readonly target: { readonly cluster: string; readonly spec: Source['spec'] };
  readonly around: Surroundings;
}

/** Settings that follow from the document alone; `config` may not set them. */
export const ownSettings =
  /^(name|connector\.class|tasks\.max|topics|groups|((source|target)\.cluster\.|replication\.policy\.class).*|(key|value|header)\.converter|offset-syncs\.topic\.location|sync\.(topic\.acls|group\.offsets)\.enabled|emit\.offset-syncs\.enabled|((source|target)\.)?(consumer|producer|admin)\.(bootstrap\.servers|security\.protocol|(sasl|ssl)\..*))$/;

/**
 * MirrorMaker's connectors (KIP-382), all on the target's workers. The offset syncs stay on the target, so the source is only read (KIP-716); rights are
 * declared in Git and never copied; replication is what the target's brokers give new topics (KIP-464).
 */
export function connectorsOf(mirror: string, spec: MirrorSpec, ends: Ends): Expanded[] {
  const { source, target, around } = ends;
  const shared = {
    'source.cluster.alias': source.cluster,
    'target.cluster.alias': target.cluster,
    ...below('source.cluster.', { ...loginOf(source.cluster, source.spec), ...readerLogin(spec, source) }),
    ...below('target.cluster.', loginOf(target.cluster, target.spec)),
    'replication.policy.class': policies[spec.replicationPolicy ?? 'default'],
    'key.converter': bytes,
    'value.converter': bytes,
    'header.converter': bytes,
  };
  const topics = patterns(spec.topics.map(name => remote(name, source, 'Topic')));
  const groups = patterns((spec.groups ?? []).map(name => remote(name, source, 'ConsumerGroup')));
  const syncs = { 'offset-syncs.topic.location': 'target', 'offset-syncs.topic.replication.factor': -1 };
  const tasks = { 'tasks.max': spec.tasks ?? 1 };
  const roles: [string, string, Record<string, string | number | boolean>][] = [
    [
      'source',
      'MirrorSourceConnector',
      {
        ...shared,
        ...(spec.groups === undefined ? {} : syncs),
        ...tasks,
        topics,
        'replication.factor': -1,
        'sync.topic.acls.enabled': false,
        'emit.offset-syncs.enabled': spec.groups !== undefined,
      },
    ],
  ];
  if (spec.groups !== undefined)
    roles.push([
      'checkpoint',
      'MirrorCheckpointConnector',
      {
        ...shared,
        ...syncs,
        ...tasks,
        topics,
        groups,
        'checkpoints.topic.replication.factor': -1,
        'sync.group.offsets.enabled': true,
      },
    ]);
  if (spec.heartbeats === true)
    roles.push(['heartbeat', 'MirrorHeartbeatConnector', { ...shared, 'heartbeats.topic.replication.factor': -1 }]);
  return roles.map(([role, className, config]) => ({
    kind: 'Connector',
    name: `${mirror}-${role}`,
    remoteName: `${spec.connect}/${around.prefix}${mirror}-${role}`,
    spec: {
      connect: spec.connect,
      class: `${maker}.${className}`,
      config: { ...config, ...spec.config },
      state: spec.state ?? 'running',
    },
  }));
}

function readerLogin(spec: MirrorSpec, source: Source): Record<string, string> {
  const reader = readerOf(spec, source);
  const password = reader && source.around && passwordOf(reader, source.around);
  return reader === undefined || password === undefined ? {} : loginAs(reader, password);
}

/** The name on the source: of the document there, else what is written behind that environment's prefix. */
export const remote = (name: string, source: Source, kind: 'Topic' | 'ConsumerGroup'): string =>
  declaredOn(source, kind, name)?.remoteName ?? (source.around?.prefix ?? '') + name.slice(name.indexOf('/') + 1);
