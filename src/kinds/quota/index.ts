import type { Change, Fields } from '#model/change.ts';
import { problems } from '#model/problem.ts';
import { parseSize } from '#model/quantity.ts';
import type { Resource } from '#model/resource.ts';
import type { QuotaAlteration, QuotaEntity } from '#ports/kafka.ts';
import { type Difference, type Kind, outcomesOf } from '../kind.ts';
import { entityOf, nameOf } from './entity.ts';
import { QuotaSpec } from './spec.ts';

const report = problems('quota', {
  'no-entity': { title: 'The quota is for nobody', hint: 'Name an account, user, client id or ip, or a default.' },
  'ip-alone': { title: 'An ip quota stands alone', hint: 'Remove user and clientId, and limit connection_creation_rate only.' },
  'platform-only': {
    title: 'Only the platform may limit this',
    hint: 'Quotas on ip addresses, defaults and users by name stand under platform/.',
  },
  'bad-limit': { title: 'This is no limit', hint: 'A positive number; byte rates are whole numbers or sizes such as 1MiB.' },
});

type Draft = Pick<Resource, 'name' | 'spec' | 'tenant'>;

function entityIn(resource: Draft, prefix: string): QuotaEntity {
  const { entity } = resource.spec as QuotaSpec;
  const isDefault = (part: 'user' | 'clientId' | 'ip') => entity?.default?.includes(part) ?? false;
  const account = entity?.serviceAccount?.slice(entity.serviceAccount.indexOf('/') + 1);
  const user = isDefault('user') ? null : account !== undefined ? prefix + account : entity?.user;
  const clientId = isDefault('clientId') ? null : entity?.clientId;
  const ip = isDefault('ip') ? null : entity?.ip;
  return {
    ...(user === undefined ? {} : { user }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(ip === undefined ? {} : { ip }),
  };
}

const amount = (key: string, value: string | number): number | undefined => {
  const number = typeof value === 'number' ? value : /^\d+(\.\d+)?$/.test(value) ? Number(value) : parseSize(value);
  return number === undefined || !(number > 0) || (key.endsWith('_byte_rate') && !Number.isInteger(number)) ? undefined : number;
};

function project(resource: Resource): Fields {
  return Object.fromEntries(
    Object.entries((resource.spec as QuotaSpec).limits).map(([key, value]) => [
      `limits.${key}`,
      amount(key, value as string | number) ?? null,
    ]),
  );
}

const rules: NonNullable<Kind['rules']> = (resource, _around, reportAt) => {
  const { entity, limits } = resource.spec as QuotaSpec;
  const named = entityIn(resource, '');
  const ip = named.ip !== undefined;
  if (Object.keys(named).length === 0) reportAt(details => report('no-entity', details), ['entity'], '`entity` names nobody.');
  if (ip && (named.user !== undefined || named.clientId !== undefined))
    reportAt(details => report('ip-alone', details), ['entity'], 'An ip cannot be combined with user or clientId.');
  for (const [key, value] of Object.entries(limits)) {
    if (amount(key, value as string | number) === undefined)
      reportAt(details => report('bad-limit', details), ['limits', key], `\`${value}\` is no limit for ${key}.`);
    if ((key === 'connection_creation_rate') !== ip)
      reportAt(
        details => report('ip-alone', details),
        ['limits', key],
        `${key} ${ip ? 'does not hold for an ip' : 'holds for an ip only'}.`,
      );
  }
  if (resource.tenant !== null && (ip || (entity.default ?? []).length > 0 || entity.serviceAccount === undefined))
    reportAt(details => report('platform-only', details), ['entity'], 'A tenant limits accounts of its own.');
};

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
  remoteName: (resource, prefix) => nameOf(entityIn(resource, prefix)),
  rules,
  remote: {
    needs: ['kafka'],
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
      (await ports.kafka.alterQuotas(differences.map(alteration), { validateOnly: true })).map(result =>
        result.ok
          ? { probe: 'accepted' }
          : { probe: 'accepted', impossible: [{ code: result.fault.code, message: result.fault.message }] },
      ),
    toManifest: (live, unprefixed) => {
      const { user, clientId, ip } = entityOf(live.remoteName);
      const defaults = [
        ...(user === null ? ['user'] : []),
        ...(clientId === null ? ['clientId'] : []),
        ...(ip === null ? ['ip'] : []),
      ];
      const entity = {
        ...(user ? { user: unprefixed(user) } : {}),
        ...(clientId ? { clientId } : {}),
        ...(ip ? { ip } : {}),
        ...(defaults.length > 0 ? { default: defaults } : {}),
      };
      const limits = Object.fromEntries(
        Object.entries(live.fields).map(([path, value]) => [path.slice('limits.'.length), value]),
      );
      return { name: `quota-${live.remoteName.replace(/[^A-Za-z0-9._-]+/g, '-')}`, spec: { entity, limits } };
    },
  },
};
