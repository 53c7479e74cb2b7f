import { configValue } from '#model/config-value.ts';
import type { Kind } from '../kind.ts';
import { report } from './problems.ts';
import type { KafkaClusterSpec } from './spec.ts';

/** Keys whose values are secret, whatever a broker says of them. */
export const secret = /password|jaas\.config|keystore\.key|private\.?key|secret/i;

/** Checks of the broker configuration that this environment answers for. */
export const rules: NonNullable<Kind['rules']> = (resource, _around, reportAt) => {
  for (const [scope, config] of Object.entries((resource.spec as KafkaClusterSpec).brokerConfig ?? {})) {
    if (!/^(default|\d+)$/.test(scope))
      reportAt(details => report('bad-scope', details), ['brokerConfig', scope], `\`${scope}\` is no broker.`);
    for (const [key, value] of Object.entries(config)) {
      if (secret.test(key))
        reportAt(details => report('secret-config', details), ['brokerConfig', scope, key], `\`${key}\` is secret.`);
      else if (configValue(key, value) === undefined)
        reportAt(
          details => report('bad-quantity', details),
          ['brokerConfig', scope, key],
          `\`${value}\` is no value for ${key}.`,
        );
    }
  }
};
