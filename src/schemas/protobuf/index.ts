import type { Language } from '../language.ts';
import { compareProtobuf } from './compare.ts';
import { fieldsOfProtobuf, namesInProtobuf } from './fields.ts';
import type { ProtobufSchema } from './model.ts';
import { parseProtobuf } from './parse.ts';

export const protobuf: Language<ProtobufSchema> = {
  parse: parseProtobuf,
  canonical: schema => schema.canonical,
  names: namesInProtobuf,
  rootName: schema => schema.file.messages[0]?.fullName,
  fields: fieldsOfProtobuf,
  findings: compareProtobuf,
};
