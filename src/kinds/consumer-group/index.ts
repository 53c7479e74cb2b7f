import type { Change, Fields } from '#model/change.ts';
import { configValue, sameConfigValue } from '#model/config-value.ts';
import type { Resource } from '#model/resource.ts';
import type { ConfigAlteration } from '#ports/kafka.ts';
import {
  type ClusterPorts,
  type Difference,
  type Evidence,
  type Kind,
  type Live,
  outcomesOf,
  type ReadScope,
  verdictOf,
} from '../kind.ts';
import { configuredAlone, report } from './problems.ts';
import { rules } from './rules.ts';
import { ConsumerGroupSpec } from './spec.ts';
import { toManifest } from './to-manifest.ts';

const plain = (group: Pick<Resource, 'name' | 'spec'>): string => (group.spec as ConsumerGroupSpec).name ?? group.name;

const project = (resource: Resource): Fields =>
  Object.fromEntries(
    Object.entries((resource.spec as ConsumerGroupSpec).config ?? {}).map(([key, value]) => [
      `config.${key}`,
      configValue(key, value) ?? String(value),
    ]),
  );

const alteration = (change: Pick<Change | Difference, 'fields' | 'remoteName'>): ConfigAlteration => ({
  type: 'group',
  name: change.remoteName,
  set: Object.fromEntries(
    change.fields.flatMap(field => (field.to === null ? [] : [[field.path.slice('config.'.length), String(field.to)]])),
  ),
  unset: change.fields.flatMap(field => (field.to === null ? [field.path.slice('config.'.length)] : [])),
});

/**
 * What is set on the groups that are declared or owned (for import: on every group). A group needs no creation: one that nothing is set on is
 * there only if the document asks for nothing to be set.
 */
async function read(ports: ClusterPorts, scope: ReadScope): Promise<Live[]> {
  const content = new Set(scope.desired.filter(group => Object.keys(project(group)).length === 0).map(group => group.remoteName));
  const foreign = scope.foreign ? await everyGroup(ports) : [];
  const names = [...new Set([...scope.desired.map(group => group.remoteName), ...scope.owned.keys(), ...foreign])];
  const answers = await ports.kafka.describeConfigs(names.map(name => ({ type: 'group', name })));
  return answers.flatMap<Live>((answer, index) => {
    if (!answer.ok) throw answer.fault;
    const remoteName = names[index] as string;
    const side = (set: boolean) =>
      Object.fromEntries(
        answer.value.filter(entry => (entry.source === 'group') === set).map(entry => [`config.${entry.name}`, entry.value]),
      );
    const fields = side(true);
    if (Object.keys(fields).length === 0 && !content.has(remoteName)) return [];
    return [{ remoteName, remoteId: null, fields, defaults: side(false), internal: remoteName.startsWith('__'), details: {} }];
  });
}

/** Groups that a coordinator knows, and those of which there is nothing but configuration. */
async function everyGroup(ports: ClusterPorts): Promise<string[]> {
  const [known, configured] = await Promise.all([ports.kafka.describeGroups(), ports.kafka.listConfiguredGroups()]);
  return [...known.map(group => group.id), ...(configured ?? [])];
}

/** Members that the new configuration meets. A configuration holds no records. */
async function evidence(ports: ClusterPorts, differences: readonly Difference[]): Promise<Evidence[]> {
  const members = new Map((await ports.kafka.describeGroups()).map(group => [group.id, group.members]));
  return differences.map(({ remoteName }) => {
    const count = members.get(remoteName) ?? 0;
    const reason = { code: 'consumer-group/live-members', message: `The group has ${count} live members.` };
    return {
      evidence: { records: 0, consumers: count > 0 ? [remoteName] : [], members: count },
      reasons: count > 0 ? [reason] : [],
    };
  });
}

/** A consumer or share group with its configuration on the broker. A group exists once it has configuration or members; only the configuration is ours. */
export const consumerGroup: Kind = {
  name: 'ConsumerGroup',
  plural: 'groups',
  description: 'A consumer group or share group: its owner and its configuration on the broker.',
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: ConsumerGroupSpec,
  ownedNames: group => [{ category: 'groups', name: plain(group), path: [] }],
  problems: report,
  rules,
  remoteName: (group, prefix) => prefix + plain(group),
  remote: {
    needs: ['kafka'],
    holdsData: true,
    project,
    same: (_path, desired, live) => sameConfigValue(desired, live),
    read,
    assess: difference => ({ risk: difference.action === 'delete' || difference.action === 'update' ? 'disruptive' : 'safe' }),
    evidence,
    apply: async (ports, changes) => outcomesOf(await ports.kafka.alterConfigs(changes.map(alteration), { validateOnly: false })),
    probe: async (ports, differences) =>
      (await ports.kafka.alterConfigs(differences.map(alteration), { validateOnly: true })).map(verdictOf),
    unlisted: async ports => ((await ports.kafka.listConfiguredGroups()) === null ? [configuredAlone] : []),
    toManifest,
  },
};
