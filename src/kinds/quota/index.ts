import type { Change, Fields } from '#model/change.ts';
import type { Resource } from '#model/resource.ts';
import type { QuotaAlteration } from '#ports/kafka.ts';
import { type Difference, type Kind, outcomesOf, verdictOf } from '../kind.ts';
import { collapse } from './collapse.ts';
import { amount, entityAround, entityIn, entityOf, nameOf } from './entity.ts';
import { report } from './problems.ts';
import { rules } from './rules.ts';
import { QuotaSpec } from './spec.ts';
import { toManifest } from './to-manifest.ts';

function project(resource: Resource): Fields {
  return Object.fromEntries(
    Object.entries((resource.spec as QuotaSpec).limits).map(([key, value]) => [
      `limits.${key}`,
      amount(key, value as string | number) ?? null,
    ]),
  );
}

const alteration = (change: Pick<Change | Difference, 'fields' | 'remoteName'>): QuotaAlteration => ({
  entity: entityOf(change.remoteName),
  set: Object.fromEntries(
    change.fields.flatMap(field => (typeof field.to === 'number' ? [[field.path.slice('limits.'.length), field.to]] : [])),
  ),
  unset: change.fields.flatMap(field => (field.to === null ? [field.path.slice('limits.'.length)] : [])),
});

/** Limits on what a client may use. */
export const quota: Kind = {
  name: 'Quota',
  plural: 'quotas',
  description: 'Limits on bytes, requests and mutations of an account, client id or address.',
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: QuotaSpec,
  problems: report,
  refersTo: ['ServiceAccount'],
  references: spec => {
    const account = (spec.entity as QuotaSpec['entity'] | undefined)?.serviceAccount;
    return account === undefined ? [] : [{ kind: 'ServiceAccount', name: account, path: ['entity', 'serviceAccount'] }];
  },
  // Asked before the shape is checked: an entity that is none has no name on the broker.
  remoteName: (resource, prefix) =>
    QuotaSpec.shape.entity.safeParse(resource.spec.entity).success ? nameOf(entityIn(resource, prefix)) : prefix + resource.name,
  expand: (resource, around) => ({
    resources: [{ kind: 'Quota', name: resource.name, remoteName: nameOf(entityAround(resource, around)), spec: resource.spec }],
  }),
  rules,
  collapse,
  remote: {
    needs: ['kafka'],
    isRight: true,
    project,
    read: async ports =>
      (await ports.kafka.listQuotas()).map(({ entity, limits }) => ({
        remoteName: nameOf(entity),
        remoteId: null,
        fields: Object.fromEntries(Object.entries(limits).map(([key, value]) => [`limits.${key}`, value])),
        defaults: {},
        internal: false,
        details: {},
      })),
    assess: difference => ({ risk: difference.action === 'create' || difference.action === 'adopt' ? 'safe' : 'disruptive' }),
    apply: async (ports, changes) => outcomesOf(await ports.kafka.alterQuotas(changes.map(alteration), { validateOnly: false })),
    probe: async (ports, differences) =>
      (await ports.kafka.alterQuotas(differences.map(alteration), { validateOnly: true })).map(verdictOf),
    inScope: (remoteName, holds) => holds(entityOf(remoteName).user ?? ''),
    clusterWide: remoteName => entityOf(remoteName).user == null,
    toManifest,
  },
};
