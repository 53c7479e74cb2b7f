import { isObject } from '../json-text.ts';
import type { Language } from '../language.ts';
import { canonicalJsonSchema } from './canonical.ts';
import { compareJson } from './compare.ts';
import { fieldsOfJson } from './fields.ts';
import type { JsonSchema } from './model.ts';
import { parseJson } from './parse.ts';

export const json: Language<JsonSchema> = {
  parse: parseJson,
  canonical: canonicalJsonSchema,
  names: schema => schema.ids,
  rootName: ({ root }) => {
    const name = isObject(root) ? (root.title ?? root.$id ?? root.id) : undefined;
    return typeof name === 'string' ? name : undefined;
  },
  fields: fieldsOfJson,
  findings: compareJson,
};
