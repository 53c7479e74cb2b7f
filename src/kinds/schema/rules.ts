import { besideDocument } from '#model/file-path.ts';
import { provenance, type Resource } from '#model/resource.ts';
import { parseSchema } from '#schemas/index.ts';
import type { Kind, Surroundings } from '../kind.ts';
import { report } from './problems.ts';
import type { SchemaSpec } from './spec.ts';
import { mostBehind, standingBehind } from './standing-behind.ts';
import { namingOf, ownedAs, plainSubject, textOf } from './subject.ts';

/** One text that can be read, references that exist and may be used, and a subject that no other environment has. */
export const rules: NonNullable<Kind['rules']> = (schema, around, reportAt) => {
  const spec = schema.spec as SchemaSpec;
  if ((spec.file === undefined) === (spec.definition === undefined))
    reportAt(
      details => report('no-text', details),
      [spec.file === undefined ? 'type' : 'file'],
      'It has neither a file nor a definition, or both.',
    );
  for (const [index, reference] of (spec.references ?? []).entries())
    if (!mayUse(schema, reference, around)) {
      const [member, name] =
        'schema' in reference ? (['schema', reference.schema] as const) : (['subject', reference.subject] as const);
      reportAt(
        details => report('unconsented-reference', details),
        ['references', index, member],
        `\`${name}\` belongs to another tenant, which has not granted it to ${schema.tenant}.`,
      );
    }
  const others = namingOf(schema).by === 'record' ? around.registrySharedWith(schema.cluster) : [];
  if (others.length > 0)
    reportAt(
      details => report('shared-registry', details),
      spec.subject === undefined ? [] : ['subject'],
      `\`${plainSubject(schema)}\` is named by its record, and ${others.join(', ')} has the same registry.`,
    );
  readable(schema, around, reportAt);
};

function readable(schema: Resource, around: Surroundings, reportAt: Parameters<NonNullable<Kind['rules']>>[2]): void {
  const spec = schema.spec as SchemaSpec;
  const text = textOf(schema);
  if (text === undefined) return;
  const path = spec.file === undefined ? ['definition'] : ['file'];
  const behind = standingBehind(schema, (from, name) => around.resolve({ kind: 'Schema', name }, from.tenant, from.cluster));
  if (behind === 'circle')
    reportAt(details => report('cycle', details), ['references'], `\`${schema.name}\` refers to itself in the end.`);
  else if (behind === 'many')
    reportAt(
      details => report('too-many-references', details),
      ['references'],
      `More than ${mostBehind} schemas stand behind it.`,
    );
  // A text that stands only in the registry cannot be read here; the registry judges then.
  if (typeof behind === 'string') return;
  const what = `schema ${spec.type}`;
  const texts = [text, ...behind.flatMap(each => [each.name, each.type, each.text])];
  if (around.rightTexts?.has(what, texts)) return;
  const parsed = parseSchema(spec.type, text, behind);
  if (parsed.ok) {
    around.rightTexts?.add(what, texts);
    return;
  }
  const document = provenance(schema, path)[0]?.file;
  const file = spec.file === undefined || document === undefined ? undefined : besideDocument(document, spec.file);
  const at = file === undefined ? undefined : { file, line: parsed.at?.line ?? 1, column: parsed.at?.column ?? 1 };
  const where =
    parsed.at === undefined || at !== undefined ? '' : ` (line ${parsed.at.line}, column ${parsed.at.column} of the definition)`;
  reportAt(details => report('invalid', details), path, `${parsed.message}${where}.`, at === undefined ? {} : { at });
}

type Reference = NonNullable<SchemaSpec['references']>[number];

/** Its own, the platform's, nobody's, or one that its owner granted. */
function mayUse(schema: Resource, reference: Reference, around: Surroundings): boolean {
  if (schema.tenant === null) return true;
  const { owner, name } =
    'schema' in reference ? declared(schema, reference.schema, around) : registered(reference.subject, around);
  if (owner === null || owner === schema.tenant) return true;
  return around
    .facts('schemaConsent')
    .filter(each => each.from === owner && each.to === schema.tenant)
    .filter(each => each.until === undefined || each.until >= around.today)
    .some(each =>
      each.schemas.some(granted => (granted.endsWith('*') ? name.startsWith(granted.slice(0, -1)) : granted === name)),
    );
}

interface Owned {
  readonly owner: string | null;
  readonly name: string;
}

function declared(schema: Resource, written: string, around: Surroundings): Owned {
  const target = around.resolve({ kind: 'Schema', name: written }, schema.tenant, schema.cluster);
  return { owner: target?.tenant ?? null, name: target?.name ?? written };
}

function registered(subject: string, around: Surroundings): Owned {
  const name = subject.startsWith(around.prefix) ? subject.slice(around.prefix.length) : subject;
  const owners = ownedAs(name).map(each => around.owner(each.category, each.name));
  return { owner: owners.find(each => each !== null) ?? null, name };
}
