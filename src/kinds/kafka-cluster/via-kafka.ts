import type { Change, Fields, FieldValue, Outcome, Reason } from '#model/change.ts';
import { configValue } from '#model/config-value.ts';
import { succeeded } from '#model/fault.ts';
import { isOurThrottle } from '#model/replication-throttle.ts';
import type { Resource } from '#model/resource.ts';
import type { ConfigAlteration } from '#ports/kafka.ts';
import {
  type Assessment,
  type ClusterFacts,
  type ClusterPorts,
  type Difference,
  type Live,
  outcomesOf,
  type ProbeVerdict,
  type ReadScope,
  verdictOf,
} from '../kind.ts';
import { reasons } from './problems.ts';
import type { KafkaClusterSpec } from './spec.ts';

/** The one remote name: a cluster has one configuration. */
export const brokers = 'brokers';
/** Eligible leader replicas (KIP-966) set it as a dynamic default from birth: nobody's wish. */
export const fromBirth = new Set(['min.insync.replicas']);

export const split = (path: string): { scope: string; key: string } => ({
  scope: path.slice(0, path.indexOf('.')),
  key: path.slice(path.indexOf('.') + 1),
});
const brokerName = (scope: string): string => (scope === 'default' ? '' : scope);

/** Declared broker configuration as `default.<key>` and `<broker id>.<key>`. */
export function project(resource: Resource): Fields {
  const fields: Record<string, FieldValue> = {};
  for (const [scope, config] of Object.entries((resource.spec as KafkaClusterSpec).brokerConfig ?? {}))
    for (const [key, value] of Object.entries(config)) fields[`${scope}.${key}`] = configValue(key, value) ?? String(value);
  return fields;
}

/** Dynamic broker configuration, cluster-wide and of the brokers that are declared or owned (for import: of every broker that answers). */
export async function read(ports: ClusterPorts, scope: ReadScope): Promise<Live[]> {
  const paths = [
    ...scope.desired.flatMap(resource => Object.keys(project(resource))),
    ...[...scope.owned.values()].flatMap(fields => Object.keys(fields)),
  ];
  const everywhere = scope.foreign ? (await ports.kafka.describeCluster()).brokers.map(each => String(each.id)) : [];
  const scopes = await readable(ports, scope, [...new Set(['default', ...paths.map(path => split(path).scope), ...everywhere])]);
  const answers = await ports.kafka.describeConfigs(scopes.map(each => ({ type: 'broker', name: brokerName(each) })));
  const fields: Record<string, FieldValue> = {};
  const defaults: Record<string, FieldValue> = {};
  answers.forEach((answer, index) => {
    if (!answer.ok) throw answer.fault;
    const name = scopes[index] as string;
    for (const entry of answer.value.filter(each => !isOurThrottle(each.name, each.value))) {
      const own = entry.source === (name === 'default' ? 'dynamic-default' : 'broker');
      const wished = own && !(fromBirth.has(entry.name) && !paths.includes(`${name}.${entry.name}`));
      // A default of all brokers that is in our own hands may go: one broker's own value cannot rest on it.
      const ours = entry.source === 'dynamic-default' && name !== 'default' && paths.includes(`default.${entry.name}`);
      if (!ours) (wished ? fields : defaults)[`${name}.${entry.name}`] = entry.value;
    }
  });
  return [{ remoteName: brokers, remoteId: null, fields, defaults, internal: false, details: {} }];
}

/** A broker that is declared and not there is no reason to read nothing at all; one whose keys are to be taken away must answer. */
async function readable(ports: ClusterPorts, scope: ReadScope, scopes: readonly string[]): Promise<string[]> {
  if (scopes.length === 1) return [...scopes];
  const there = new Set((await ports.kafka.describeCluster()).brokers.map(each => String(each.id)));
  const declared = new Set(scope.desired.flatMap(resource => Object.keys(project(resource))).map(path => split(path).scope));
  return scopes.filter(name => name === 'default' || there.has(name) || !declared.has(name));
}

/** Brokers that the change needs and the cluster has not. */
export function assess(difference: Difference, cluster: ClusterFacts): Assessment {
  const there = new Set(cluster.brokers.map(each => String(each.id)));
  const missing = new Set(
    difference.fields.map(field => split(field.path).scope).filter(name => name !== 'default' && !there.has(name)),
  );
  return {
    risk: difference.action === 'adopt' ? 'safe' : 'disruptive',
    impossible: [...missing].map(name => ({
      code: reasons.noBroker,
      message: `No broker ${name} answers; there are ${[...there].join(', ')}.`,
    })),
  };
}

const alterations = (change: Pick<Change | Difference, 'fields'>): ConfigAlteration[] => {
  const byScope = Map.groupBy(change.fields, field => split(field.path).scope);
  return [...byScope].map(([scope, fields]) => ({
    type: 'broker',
    name: brokerName(scope),
    set: Object.fromEntries(fields.flatMap(field => (field.to === null ? [] : [[split(field.path).key, String(field.to)]]))),
    unset: fields.flatMap(field => (field.to === null ? [split(field.path).key] : [])),
  }));
};

/** Sets and unsets exactly the keys of the change, broker by broker. */
export async function apply(ports: ClusterPorts, changes: readonly Change[]): Promise<Outcome[]> {
  return Promise.all(
    changes.map(async change => {
      const outcomes = outcomesOf(await ports.kafka.alterConfigs(alterations(change), { validateOnly: false }));
      return outcomes.find(outcome => outcome.state !== 'applied') ?? { state: 'applied' };
    }),
  );
}

/** Would the brokers accept it? Asked by validate-only, which lets keys pass that no broker knows: those are looked up. */
export async function probe(ports: ClusterPorts, differences: readonly Difference[]): Promise<ProbeVerdict[]> {
  const known = await shownKeys(ports);
  return Promise.all(
    differences.map(async difference => {
      const hidden = difference.fields.filter(
        field => field.to !== null && known !== undefined && !known.has(plainKey(field.path)),
      );
      const results = await ports.kafka.alterConfigs(alterations(difference), { validateOnly: true });
      const verdict = verdictOf(results.find(result => !result.ok) ?? succeeded);
      return hidden.length === 0
        ? verdict
        : { ...verdict, impossible: [...(verdict.impossible ?? []), ...hidden.map(field => unknownKey(split(field.path).key))] };
    }),
  );
}

const unknownKey = (key: string): Reason => ({
  code: reasons.unknownKey,
  message: `The brokers show no \`${key}\`: Kafka would take it in silence and nobody could tell whether it holds.`,
});

/** The key behind `listener.name.<listener>.`, which goes before any key of a listener. */
const plainKey = (path: string): string => split(path).key.replace(/^listener\.name\.[^.]+\./, '');

/** Keys of which a broker shows the value; undefined where it shows none at all. */
async function shownKeys(ports: ClusterPorts): Promise<ReadonlySet<string> | undefined> {
  const { brokers: there } = await ports.kafka.describeCluster();
  const [answer] = await ports.kafka.describeConfigs([{ type: 'broker', name: String(there[0]?.id ?? '') }]);
  if (!answer?.ok || answer.value.length === 0) return undefined;
  return new Set(answer.value.filter(entry => !entry.sensitive).map(entry => entry.name));
}
