import type { SchemaRegistry, SchemaType, SubjectVersion } from '#ports/schema-registry.ts';
import { parseSchema, type Schema, type SchemaText } from '#schemas/index.ts';
import type { WantedReference } from './references.ts';

/** A text with what it refers to, as a registry or a plan has it. */
export interface ReferringText {
  readonly type: SchemaType;
  readonly text: string;
  readonly references: readonly WantedReference[];
}

/** What a reference leads to; undefined where that is not known. */
export type Behind = (reference: WantedReference) => ReferringText | undefined;

/** Reads a schema with all that it refers to, and what that refers to; undefined where it cannot be read, or something behind it is not known. */
export function readWith({ type, text, references }: ReferringText, behind: Behind): Schema | undefined {
  const known = new Map<string, SchemaText>();
  const open = [...references];
  // Those that come first are its own: what it calls by a name counts before what others call so.
  for (const reference of open) {
    if (known.has(reference.name)) continue;
    const found = behind(reference);
    if (found === undefined) return undefined;
    known.set(reference.name, { name: reference.name, type: found.type, text: found.text });
    open.push(...found.references);
  }
  const parsed = parseSchema(type, text, [...known.values()]);
  return parsed.ok ? parsed.schema : undefined;
}

/** What stands in the registry behind references: the latest versions as they were read, and older ones, which are read here, a request for each subject that needs it. */
export async function behindInRegistry(
  registry: SchemaRegistry,
  latest: ReadonlyMap<string, SubjectVersion>,
  from: readonly WantedReference[],
): Promise<Behind> {
  const read = new Map<string, readonly SubjectVersion[]>();
  const behind = ({ subject, version }: WantedReference): SubjectVersion | undefined => {
    const last = latest.get(subject) ?? read.get(subject)?.at(-1);
    return version === null || last?.version === version ? last : read.get(subject)?.find(each => each.version === version);
  };
  const seen = new Set<string>();
  for (let open = [...from]; open.length > 0; ) {
    for (const { subject, version } of open) seen.add(`${subject}\n${version}`);
    const missing = open.filter(each => behind(each) === undefined && !read.has(each.subject)).map(each => each.subject);
    for (const [subject, versions] of await registry.versions([...new Set(missing)])) read.set(subject, versions);
    open = open
      .flatMap<WantedReference>(each => behind(each)?.references ?? [])
      .filter(each => !seen.has(`${each.subject}\n${each.version}`));
  }
  return behind;
}
