import type { SchemaType } from '#ports/schema-registry.ts';
import { canonical, parseSchema, type SchemaText } from '#schemas/index.ts';

export interface PossibleText {
  readonly type: SchemaType;
  readonly text: string;
  readonly references: readonly { readonly name: string; readonly subject: string }[];
}

/** Do two texts of one language mean the same to a registry? What cannot be read (a reference that is not known here) is the same only to the letter. */
export function sameMeaning(
  one: PossibleText,
  other: PossibleText,
  textBehind: (subject: string) => string | undefined,
): boolean {
  if (one.text === other.text) return true;
  const [left, right] = [one, other].map(each => meaning(each, textBehind));
  return left !== undefined && left === right;
}

function meaning(
  { type, text, references }: PossibleText,
  textBehind: (subject: string) => string | undefined,
): string | undefined {
  const known = references.flatMap<SchemaText>(({ name, subject }) => {
    const behind = textBehind(subject);
    return behind === undefined ? [] : [{ name, type, text: behind }];
  });
  const parsed = parseSchema(type, text, known);
  return parsed.ok ? canonical(parsed.schema) : undefined;
}
