import type { SchemaText } from '#ports/schema-registry.ts';
import { canonical, compatible, parseSchema, type Schema } from '#schemas/index.ts';
import type { SchemaJudge, WholeSchema } from '#targets/memory/schema-registry.ts';

const parsed = ({ type, text, behind }: WholeSchema) =>
  parseSchema(
    type,
    text,
    behind.map(({ name, schema }: { name: string; schema: SchemaText }) => ({ name, type: schema.type, text: schema.text })),
  );

const schemaOf = (whole: WholeSchema): Schema => {
  const result = parsed(whole);
  if (!result.ok) throw new Error(result.message);
  return result.schema;
};

/** Our own reading of schemas, for a registry in memory that judges as a real one does. */
export const schemaJudge: SchemaJudge = {
  invalid(schema) {
    const result = parsed(schema);
    return result.ok ? undefined : result.message;
  },
  meaning: schema => canonical(schemaOf(schema)),
  compatible(level, next, previous) {
    if (level === 'NONE') return { compatible: true, messages: [] };
    const { verdict, reasons } = compatible(level, schemaOf(next), previous.map(schemaOf));
    return { compatible: verdict !== 'incompatible', messages: reasons.map(each => each.message) };
  },
};
