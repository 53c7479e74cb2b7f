import { isObject, type Value, type ValueObject } from '../json-text.ts';
import { isSchema, kinds } from './model.ts';

interface Keyword {
  readonly fits: (value: Value) => boolean;
  /** What it is not, after its name. */
  readonly wrong: string;
}

const isNumber = (value: Value): boolean => typeof value === 'number' || typeof value === 'bigint';
const isCount = (value: Value): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const areStrings = (value: Value): boolean => Array.isArray(value) && value.every(each => typeof each === 'string');
const areSchemas = (value: Value): boolean => Array.isArray(value) && value.length > 0 && value.every(isSchema);
const mapSchemas = (value: Value): boolean => isObject(value) && Object.values(value).every(isSchema);

const of = (names: string, keyword: Keyword): [string, Keyword][] => names.split(' ').map(name => [name, keyword]);

/** The shape of each keyword that we look at, as the meta-schemas have it. */
const keywords: ReadonlyMap<string, Keyword> = new Map([
  ...of('maxLength minLength maxItems minItems maxProperties minProperties', { fits: isCount, wrong: 'is no whole number' }),
  ...of('maximum minimum', { fits: isNumber, wrong: 'is no number' }),
  // Draft 4 has booleans here, and in `required` of a property.
  ...of('exclusiveMaximum exclusiveMinimum', {
    fits: value => isNumber(value) || typeof value === 'boolean',
    wrong: 'is no number',
  }),
  ...of('multipleOf', { fits: value => isNumber(value) && (value as number) > 0, wrong: 'is no number above 0' }),
  ...of('required', { fits: value => areStrings(value) || typeof value === 'boolean', wrong: 'is not a list of names' }),
  ...of('enum', { fits: Array.isArray, wrong: 'is not a list' }),
  ...of('pattern', { fits: value => typeof value === 'string', wrong: 'is no string' }),
  ...of('allOf anyOf oneOf', { fits: areSchemas, wrong: 'is not a list of schemas' }),
  ...of('properties patternProperties $defs definitions', { fits: mapSchemas, wrong: 'does not map names to schemas' }),
  ...of('additionalProperties not propertyNames contains', { fits: isSchema, wrong: 'is no schema' }),
  ...of('items', { fits: value => isSchema(value) || (Array.isArray(value) && value.every(isSchema)), wrong: 'is no schema' }),
]);

/** What a meta-schema would refuse, in words. */
export function keywordProblem(schema: ValueObject): string | undefined {
  for (const key in schema) {
    const value = schema[key] as Value;
    if (key === 'type') {
      const unknown = [value].flat().find(each => typeof each !== 'string' || !kinds.includes(each));
      if (unknown !== undefined) return `\`type\` is ${JSON.stringify(String(unknown))}, which JSON Schema does not have`;
    }
    const keyword = keywords.get(key);
    if (keyword?.fits(value) === false) return `\`${key}\` ${keyword.wrong}`;
  }
  return undefined;
}
