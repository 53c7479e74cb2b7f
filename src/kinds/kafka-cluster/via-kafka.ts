import type { Change, Fields, FieldValue, Outcome } from '#model/change.ts';
import { configValue } from '#model/config-value.ts';
import { succeeded } from '#model/fault.ts';
import { isOurThrottle } from '#model/replication-throttle.ts';
import type { Resource } from '#model/resource.ts';
import type { ConfigAlteration } from '#ports/kafka.ts';
import {
  type ClusterPorts,
  type Difference,
  type Live,
  outcomesOf,
  type ProbeVerdict,
  type ReadScope,
  verdictOf,
} from '../kind.ts';
import type { KafkaClusterSpec } from './spec.ts';

/** The one remote name: a cluster has one configuration. */
export const brokers = 'brokers';
/** Eligible leader replicas (KIP-966) set it as a dynamic default from birth: nobody's wish. */
const fromBirth = new Set(['min.insync.replicas']);

const split = (path: string): { scope: string; key: string } => ({
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

/** Dynamic broker configuration, cluster-wide and of the brokers that are declared or owned. */
export async function read(ports: ClusterPorts, scope: ReadScope): Promise<Live[]> {
  const paths = [
    ...scope.desired.flatMap(resource => Object.keys(project(resource))),
    ...[...scope.owned.values()].flatMap(fields => Object.keys(fields)),
  ];
  const scopes = [...new Set(['default', ...paths.map(path => split(path).scope)])];
  const answers = await ports.kafka.describeConfigs(scopes.map(each => ({ type: 'broker', name: brokerName(each) })));
  const fields: Record<string, FieldValue> = {};
  const defaults: Record<string, FieldValue> = {};
  answers.forEach((answer, index) => {
    if (!answer.ok) throw answer.fault;
    const name = scopes[index] as string;
    for (const entry of answer.value.filter(each => !isOurThrottle(each.name, each.value))) {
      const own = entry.source === (name === 'default' ? 'dynamic-default' : 'broker');
      const wished = own && !(fromBirth.has(entry.name) && !paths.includes(`${name}.${entry.name}`));
      (wished ? fields : defaults)[`${name}.${entry.name}`] = entry.value;
    }
  });
  return [{ remoteName: brokers, remoteId: null, fields, defaults, internal: false, details: {} }];
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

/** Would the brokers accept it? Asked by validate-only. */
export async function probe(ports: ClusterPorts, differences: readonly Difference[]): Promise<ProbeVerdict[]> {
  return Promise.all(
    differences.map(async difference => {
      const results = await ports.kafka.alterConfigs(alterations(difference), { validateOnly: true });
      return verdictOf(results.find(result => !result.ok) ?? succeeded);
    }),
  );
}
