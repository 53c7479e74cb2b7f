import type { Fields } from '#model/change.ts';
import type { Resource } from '#model/resource.ts';
import { referencesField, wantedReferences } from './references.ts';
import type { SchemaSpec } from './spec.ts';
import { textOf } from './subject.ts';

/** Desired fields: the text as it is written, references as one text, level and mode where the document names them. */
export function project(resource: Resource): Fields {
  const { type, compatibility, mode, normalize } = resource.spec as SchemaSpec;
  const references = referencesField(wantedReferences(resource));
  return {
    type,
    schema: textOf(resource) ?? '',
    ...(references === '' ? {} : { references }),
    ...(compatibility === undefined ? {} : { compatibility }),
    ...(mode === undefined ? {} : { mode }),
    ...(normalize === undefined ? {} : { normalize }),
  };
}
