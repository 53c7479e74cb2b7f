import { alterClientQuotasV1, type ClientQuotaKey, describeClientQuotasV1 } from '@platformatic/kafka';
import type { Kafka, QuotaAlteration, QuotaEntity, QuotaEntry } from '#ports/kafka.ts';
import { inTurn, parts } from './batches.ts';
import type { Brokers } from './brokers.ts';
import { itemOf } from './faults.ts';
import { rightFor } from './rights.ts';

const kafkaNames = { user: 'user', clientId: 'client-id', ip: 'ip' } as const;
type Part = keyof typeof kafkaNames;
const ourNames = new Map<string, Part>(Object.entries(kafkaNames).map(([ours, kafka]) => [kafka, ours as Part]));

const toEntities = (entity: QuotaEntity) =>
  (Object.entries(entity) as [Part, string | null | undefined][]).flatMap(([name, value]) =>
    value === undefined ? [] : [{ entityType: kafkaNames[name] as 'user', entityName: value }],
  );

const keyOf = (entities: readonly { entityType: string; entityName?: string | null | undefined }[]): string =>
  entities
    .map(each => `${each.entityType}=${JSON.stringify(each.entityName ?? null)}`)
    .toSorted()
    .join();

async function listQuotas(brokers: Brokers): Promise<QuotaEntry[]> {
  const answer = await brokers.call(describeClientQuotasV1.api, [[], false]);
  return (answer.entries ?? []).map(entry => ({
    entity: Object.fromEntries(
      entry.entity.flatMap(each =>
        ourNames.has(each.entityType) ? [[ourNames.get(each.entityType) as Part, each.entityName ?? null]] : [],
      ),
    ) as QuotaEntity,
    limits: Object.fromEntries(entry.values.map(each => [each.key, each.value])),
  }));
}

/** Client quotas (KIP-546): all entities in one read, changed by key. `user` is who we log in as, where that is known. */
export const quotaCalls = (
  brokers: Brokers,
  user: string | undefined,
): Pick<Kafka, 'listQuotas' | 'mutationsLimited' | 'alterQuotas'> => ({
  listQuotas: () => listQuotas(brokers),

  mutationsLimited: async () =>
    (await listQuotas(brokers)).some(
      ({ entity, limits }) =>
        limits.controller_mutation_rate !== undefined && (entity.user == null || user === undefined || entity.user === user),
    ),

  alterQuotas: (alterations, { validateOnly }) =>
    inTurn(parts(alterations, 1_000), async part => {
      const answer = await brokers.call(alterClientQuotasV1.api, [part.map(toEntry), validateOnly], validateOnly);
      const byKey = new Map(answer.entries.map(entry => [keyOf(entry.entity), entry]));
      return {
        throttleTimeMs: answer.throttleTimeMs,
        results: part.map(each => {
          const entry = byKey.get(keyOf(toEntities(each.entity)));
          return itemOf(entry?.errorCode ?? -1, entry?.errorMessage, {
            throttleTimeMs: answer.throttleTimeMs,
            right: rightFor('AlterClientQuotas'),
          });
        }),
      };
    }),
});

const toEntry = (alteration: QuotaAlteration) => ({
  entities: toEntities(alteration.entity),
  ops: [
    ...Object.entries(alteration.set).map(([key, value]) => ({ key: key as ClientQuotaKey, value, remove: false as const })),
    ...alteration.unset.map(key => ({ key: key as ClientQuotaKey, remove: true as const })),
  ],
});
