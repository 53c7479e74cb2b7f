import { configValue } from '#model/config-value.ts';
import type { Kind } from '../kind.ts';
import { report } from './problems.ts';
import type { ConsumerGroupSpec } from './spec.ts';

/** Keys fit the group's type, values are quantities where the key says so. */
export const rules: NonNullable<Kind['rules']> = (resource, _around, reportAt) => {
  const { type = 'consumer', config = {} } = resource.spec as ConsumerGroupSpec;
  for (const [key, value] of Object.entries(config)) {
    if (!key.startsWith(`${type}.`))
      reportAt(details => report('wrong-type', details), ['config', key], `A ${type} group has no key \`${key}\`.`);
    if (configValue(key, value) === undefined)
      reportAt(details => report('bad-quantity', details), ['config', key], `\`${value}\` is no value for ${key}.`);
  }
};
