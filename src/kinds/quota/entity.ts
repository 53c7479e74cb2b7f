import type { QuotaEntity } from '#ports/kafka.ts';

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
      const [key, value] = part.split('=') as [string, string];
      return [key, value === '<default>' ? null : decodeURIComponent(value)];
    }),
  );
