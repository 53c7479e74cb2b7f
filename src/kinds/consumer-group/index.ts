import { z } from 'zod';
import type { Change, Fields } from '#model/change.ts';
import { parseDuration } from '#model/quantity.ts';
import type { Resource } from '#model/resource.ts';
import type { ConfigAlteration } from '#ports/kafka.ts';
import { type Difference, type Kind, type Live, outcomesOf } from '../kind.ts';

export const ConsumerGroupSpec = z.strictObject({
  name: z.string().optional().describe('The group id without the environment prefix; `metadata.name` when absent.'),
  type: z.enum(['consumer', 'share']).default('consumer').describe('A consumer group or a share group.'),
  config: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("Group configuration by Kafka's own keys."),
  owner: z.string().optional().describe('Who answers for it.'),
});
type ConsumerGroupSpec = z.input<typeof ConsumerGroupSpec>;

const plain = (group: Pick<Resource, 'name' | 'spec'>): string => (group.spec as ConsumerGroupSpec).name ?? group.name;

const spelled = (key: string, value: string | number | boolean): string =>
  key.endsWith('.ms') && typeof value === 'string' ? (parseDuration(value)?.toString() ?? value) : String(value);

const project = (resource: Resource): Fields =>
  Object.fromEntries(
    Object.entries((resource.spec as ConsumerGroupSpec).config ?? {}).map(([key, value]) => [
      `config.${key}`,
      spelled(key, value),
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

/** A consumer or share group with its configuration on the broker. A group exists once it has configuration or members; only the configuration is ours. */
export const consumerGroup: Kind = {
  name: 'ConsumerGroup',
  plural: 'groups',
  description: 'A consumer group or share group: its owner and its configuration on the broker.',
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: ConsumerGroupSpec,
  ownedNames: group => [{ category: 'groups', name: plain(group), path: [] }],
  remoteName: (group, prefix) => prefix + plain(group),
  remote: {
    needs: ['kafka'],
    holdsData: true,
    project,
    read: async (ports, scope) => {
      const names = [...new Set([...scope.desired.map(group => group.remoteName), ...scope.owned.keys()])];
      const answers = await ports.kafka.describeConfigs(names.map(name => ({ type: 'group', name })));
      return answers.map<Live>((answer, index) => {
        if (!answer.ok) throw answer.fault;
        const side = (set: boolean) =>
          Object.fromEntries(
            answer.value.filter(entry => (entry.source === 'group') === set).map(entry => [`config.${entry.name}`, entry.value]),
          );
        return {
          remoteName: names[index] as string,
          remoteId: null,
          fields: side(true),
          defaults: side(false),
          internal: false,
          details: {},
        };
      });
    },
    apply: async (ports, changes) => outcomesOf(await ports.kafka.alterConfigs(changes.map(alteration), { validateOnly: false })),
    probe: async (ports, differences) =>
      (await ports.kafka.alterConfigs(differences.map(alteration), { validateOnly: true })).map(result =>
        result.ok
          ? { probe: 'accepted' }
          : { probe: 'accepted', impossible: [{ code: result.fault.code, message: result.fault.message }] },
      ),
  },
};
