import type { Fields } from '#model/change.ts';
import type { JsonObject } from '#model/json.ts';
import type { Addition, Live } from '../kind.ts';
import { left } from './problems.ts';
import { secret } from './rules.ts';
import { fromBirth, split } from './via-kafka.ts';

/** `brokerConfig` for the dynamic configuration that is not stated; what is secret (a broker shows no value) and what Kafka sets by itself are lacking. */
export function toAddition(live: Live, stated: Fields): Addition {
  const unstated = (fields: Fields) => Object.entries(fields).filter(([path]) => !Object.hasOwn(stated, path));
  const found = unstated(live.fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const hidden = found.filter(([path, value]) => value === null || secret.test(path));
  const brokerConfig: Record<string, JsonObject> = {};
  for (const [path, value] of found) {
    if (value === null || secret.test(path)) continue;
    const { scope, key } = split(path);
    brokerConfig[scope] = { ...brokerConfig[scope], [key]: value };
  }
  const born = unstated(live.defaults).filter(([path]) => split(path).scope === 'default' && fromBirth.has(split(path).key));
  return {
    spec: Object.keys(brokerConfig).length === 0 ? {} : { brokerConfig },
    lacks: [...hidden.map(([path]) => ({ path, ...left.secret })), ...born.map(([path]) => ({ path, ...left.fromBirth }))],
  };
}
