import { documentName } from '#model/document-name.ts';
import type { JsonObject } from '#model/json.ts';
import type { Kind, Live } from '../kind.ts';
import { reasons } from './problems.ts';
import { referencesIn } from './references.ts';
import { namingOf, ownedAs, remoteSubject } from './subject.ts';

/** Does a live subject have the name that clients derive from its record alone? */
export const isNamedByRecord = ({ remoteName, fields }: Pick<Live, 'remoteName' | 'fields'>): boolean =>
  namingOf({ name: remoteName, spec: { type: fields.type as string, definition: fields.schema as string } }).by === 'record';

/** The document of a live subject: its latest text to the letter, references as the registry pins them, and what is set on it other than the registry's own. */
export const toManifest: NonNullable<NonNullable<Kind['remote']>['toManifest']> = (live, unprefixed) => {
  const { type, schema, compatibility, mode } = live.fields;
  const subject = unprefixed(live.remoteName);
  const prefix = live.remoteName.slice(0, live.remoteName.length - subject.length);
  const name = documentName(subject);
  const references = referencesIn(live.fields.references).map(each => ({ ...each, version: each.version ?? 1 }));
  const spec: JsonObject = {
    ...(name === subject ? {} : { subject }),
    type: type as string,
    definition: schema as string,
    ...(references.length === 0 ? {} : { references }),
    ...(compatibility === undefined ? {} : { compatibility }),
    ...(mode === undefined ? {} : { mode }),
  };
  if (remoteSubject({ name, spec, tenant: null }, prefix) === live.remoteName)
    return { name, spec, takes: references.flatMap(each => ownedAs(unprefixed(each.subject))) };
  return {
    code: reasons.recordBehindPrefix,
    message: `Without the prefix it would be the name of its record, \`${subject}\`, which takes none.`,
  };
};
