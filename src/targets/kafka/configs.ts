import { apiVersionsV4, describeConfigsV4, incrementalAlterConfigsV1, listConfigResourcesV1 } from '@platformatic/kafka';
import { Fault, type ItemResult, refused } from '#model/fault.ts';
import type { ConfigAlteration, ConfigEntry, ConfigRequest, ConfigResourceType, Kafka } from '#ports/kafka.ts';
import { inTurn, parts } from './batches.ts';
import type { Brokers } from './brokers.ts';
import { faultOf, itemOf } from './faults.ts';

const resourcesPerRequest = 1_000;
const types = { topic: 2, broker: 4, 'client-metrics': 16, group: 32 } as const satisfies Record<ConfigResourceType, number>;
const sources: Readonly<Record<number, ConfigEntry['source']>> = {
  1: 'topic',
  2: 'broker',
  3: 'dynamic-default',
  4: 'static',
  5: 'default',
  8: 'group',
};

/** Configuration of topics, brokers, groups: asked in parallel of all brokers, changed incrementally (never the legacy call that resets what it does not name). */
export const configCalls = (brokers: Brokers): Pick<Kafka, 'describeConfigs' | 'alterConfigs' | 'listConfiguredGroups'> => ({
  async describeConfigs(requests) {
    const results: ItemResult<ConfigEntry[]>[] = new Array(requests.length);
    const order = requests.map((request, index) => ({ request, index }));
    const own = order.filter(({ request }) => request.type === 'broker' && request.name !== '');
    const anywhere = parts(
      order.filter(each => !own.includes(each)),
      resourcesPerRequest,
    );
    await Promise.all([
      ...anywhere.map(part =>
        describe(part, results, resources => brokers.call(describeConfigsV4.api, [resources, false, false])),
      ),
      ...own.map(each =>
        describe([each], results, resources =>
          brokers.callBroker(Number(each.request.name), describeConfigsV4.api, [resources, false, false]),
        ),
      ),
    ]);
    return results;
  },

  alterConfigs: async (alterations, { validateOnly }) => {
    const results: ItemResult[] = new Array(alterations.length);
    const order = alterations.map((alteration, index) => ({ alteration, index }));
    const groups = Map.groupBy(order, ({ alteration }) =>
      alteration.type === 'broker' && alteration.name !== '' ? alteration.name : '',
    );
    for (const [broker, group] of groups) {
      const answers = await inTurn(parts(group, 8_000, weigh), async part => {
        const args: [ReturnType<typeof toResource>[], boolean] = [
          part.map(({ alteration }) => toResource(alteration)),
          validateOnly,
        ];
        const answer =
          broker === ''
            ? await brokers.call(incrementalAlterConfigsV1.api, args, validateOnly)
            : await brokers.callBroker(Number(broker), incrementalAlterConfigsV1.api, args, validateOnly);
        const byName = new Map(answer.responses.map(each => [`${each.resourceType}\t${each.resourceName}`, each]));
        return {
          throttleTimeMs: answer.throttleTimeMs,
          results: part.map(({ alteration }) => {
            const each = byName.get(`${types[alteration.type]}\t${alteration.name}`);
            return each === undefined
              ? refused(new Fault('kafka/outcome-unknown', `The broker did not mention ${alteration.name}.`))
              : itemOf(each.errorCode, each.errorMessage, {
                  throttleTimeMs: answer.throttleTimeMs,
                  right: `ALTER_CONFIGS on ${resourceOf(alteration)}`,
                });
          }),
        };
      });
      group.forEach(({ index }, position) => {
        results[index] = answers[position] as ItemResult;
      });
    }
    return results;
  },

  async listConfiguredGroups() {
    // Version 0 knows client metrics only. A broker hangs up on a version that it does not know, so it is asked first.
    const { apiKeys } = await brokers.call(apiVersionsV4.api, ['kaas', '1']);
    const { key, version } = listConfigResourcesV1.api;
    if (!apiKeys.some(each => each.apiKey === key && each.maxVersion >= version)) return null;
    const answer = await brokers.call(listConfigResourcesV1.api, [[types.group]]);
    return answer.configResources.map(each => each.resourceName);
  },
});

/** What a right would be given on: broker configuration is the cluster's. */
const resourceOf = ({ type, name }: Pick<ConfigRequest, 'type' | 'name'>): string =>
  type === 'topic' || type === 'group' ? `${type} \`${name}\`` : 'the cluster';

const weigh = ({ alteration }: { alteration: ConfigAlteration }) => Object.keys(alteration.set).length + alteration.unset.length;

const toResource = (alteration: ConfigAlteration) => ({
  resourceType: types[alteration.type],
  resourceName: alteration.name,
  configs: [
    ...Object.entries(alteration.set).map(([name, value]) => ({ name, configOperation: 0 as const, value })),
    ...alteration.unset.map(name => ({ name, configOperation: 1 as const })),
  ],
});

type Ask = (
  resources: { resourceType: 2 | 4 | 16 | 32; resourceName: string; configurationKeys: string[] | null }[],
) => Promise<Awaited<ReturnType<typeof describeConfigsV4.api.async>>>;

async function describe(
  part: readonly { request: ConfigRequest; index: number }[],
  results: ItemResult<ConfigEntry[]>[],
  ask: Ask,
): Promise<void> {
  const answer = await ask(
    part.map(({ request }) => ({
      resourceType: types[request.type],
      resourceName: request.name,
      configurationKeys: request.keys === undefined ? null : [...request.keys],
    })),
  );
  const byName = new Map(answer.results.map(each => [`${each.resourceType}\t${each.resourceName}`, each]));
  for (const { request, index } of part) {
    const each = byName.get(`${types[request.type]}\t${request.name}`);
    if (each === undefined)
      results[index] = refused(
        new Fault('kafka/incomplete-answer', `The broker did not mention the configuration of ${request.name}.`, {
          retry: 'now',
        }),
      );
    else if (each.errorCode !== 0)
      results[index] = refused(
        faultOf(each.errorCode, each.errorMessage, { right: `DESCRIBE_CONFIGS on ${resourceOf(request)}` }),
      );
    else
      results[index] = {
        ok: true,
        value: each.configs.map(config => ({
          name: config.name,
          value: config.value ?? null,
          source: sources[config.configSource] ?? 'unknown',
          sensitive: config.isSensitive,
          readOnly: config.readOnly,
        })),
      };
  }
}
