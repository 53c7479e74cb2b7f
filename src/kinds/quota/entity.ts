import { parseSize } from '#model/quantity.ts';
import type { Resource } from '#model/resource.ts';
import type { QuotaEntity } from '#ports/kafka.ts';
import type { Surroundings } from '../kind.ts';
import type { QuotaSpec } from './spec.ts';

const parts = ['user', 'clientId', 'ip'] as const;
const escape = (text: string): string =>
  text.replace(/[%,=<>]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/** `user=dev.x,clientId=<default>`: one name for one entity, so that equal entities have equal names. */
export const nameOf = (entity: QuotaEntity): string =>
  parts
    .flatMap(part =>
      entity[part] === undefined ? [] : [`${part}=${entity[part] === null ? '<default>' : escape(entity[part] as string)}`],
    )
    .join(',');

/** The entity that a name stands for. */
export const entityOf = (name: string): QuotaEntity =>
  Object.fromEntries(
    name.split(',').map(part => {
      const [key = '', value = ''] = part.split('=');
      return [key, value === '<default>' ? null : decodeURIComponent(value)];
    }),
  );

/** The account that a quota names, on its own cluster; undefined where it names none or there is none. */
export function accountOf(quota: Resource, around: Surroundings): Resource | undefined {
  const name = (quota.spec as QuotaSpec).entity.serviceAccount;
  return name === undefined ? undefined : around.resolve({ kind: 'ServiceAccount', name }, quota.tenant, quota.cluster);
}

/** The same with the account's name as brokers know it, whatever authenticates it: a quota is on the name of a principal, without its type. */
export function entityAround(quota: Resource, around: Surroundings): QuotaEntity {
  const entity = entityIn(quota, around.prefix);
  const account = accountOf(quota, around);
  return account === undefined ? entity : { ...entity, user: account.remoteName.slice(account.remoteName.indexOf(':') + 1) };
}

/** Whom a document's limits are for. Only an account of the landscape carries the environment's prefix. */
export function entityIn(resource: Pick<Resource, 'spec'>, prefix: string): QuotaEntity {
  const entity = (resource.spec as Partial<QuotaSpec>).entity;
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

/** A limit as the broker counts it: `1MiB` is 1048576. Undefined when it is none. */
export function amount(key: string, value: string | number): number | undefined {
  const number = typeof value === 'number' ? value : /^\d+(\.\d+)?$/.test(value) ? Number(value) : parseSize(value);
  return number === undefined || !(number > 0) || (key.endsWith('_byte_rate') && !Number.isInteger(number)) ? undefined : number;
}
