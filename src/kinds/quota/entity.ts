import { parseSize } from '#model/quantity.ts';
import type { Resource } from '#model/resource.ts';
import type { QuotaEntity } from '#ports/kafka.ts';
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
