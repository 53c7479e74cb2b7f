const types = ['AVRO', 'PROTOBUF', 'JSON'] as const;
export type BenchSchemaType = (typeof types)[number];

/** The languages in turn. */
export const typeOf = (index: number): BenchSchemaType => types[index % types.length] as BenchSchemaType;

const fields = 20;
const names = (version: number) => Array.from({ length: fields + version - 1 }, (_, index) => `field_${index}`);

/** One schema of twenty fields in about a kilobyte; each version after the first has an optional field more, so that all are compatible with each other. */
export function schemaText(type: BenchSchemaType, index: number, version: number): string {
  const name = `Record${index}`;
  if (type === 'AVRO') {
    const members = names(version).map(each => ({ name: each, type: ['null', 'string'], default: null }));
    return JSON.stringify({ type: 'record', name, namespace: 'shop', fields: members }, null, 1);
  }
  if (type === 'PROTOBUF') {
    const members = names(version).map((each, position) => `  optional string ${each} = ${position + 1};`);
    return `syntax = "proto3";\npackage shop;\n\nmessage ${name} {\n${members.join('\n')}\n}\n`;
  }
  const properties = Object.fromEntries(names(version).map(each => [each, { type: 'string', maxLength: 200 }]));
  const schema = 'http://json-schema.org/draft-07/schema#';
  return JSON.stringify({ $schema: schema, title: name, type: 'object', properties, required: ['field_0'] }, null, 1);
}
