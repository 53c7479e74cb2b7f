import type { ProtoField } from './model.ts';

/** Language guide, "Updating A Message Type": types of one group are read as each other. Enums go with the plain whole numbers. */
const groups: Readonly<Record<string, string>> = {
  int32: 'number',
  int64: 'number',
  uint32: 'number',
  uint64: 'number',
  bool: 'number',
  sint32: 'zigzag',
  sint64: 'zigzag',
  string: 'text',
  bytes: 'text',
  fixed32: 'fixed32',
  sfixed32: 'fixed32',
  fixed64: 'fixed64',
  sfixed64: 'fixed64',
  float: 'float',
  double: 'double',
};

export const scalarGroup = (type: string): string => (Object.hasOwn(groups, type) ? (groups[type] as string) : 'number');

/** Fields of different kinds are never read as each other. */
export function kindOf(field: ProtoField): string {
  const { target } = field;
  const isMessage =
    target?.kind === 'message' || (target?.kind === 'well-known' && target.fullName !== 'google.protobuf.NullValue');
  const kind = field.group ? 'group' : isMessage ? 'message' : target === undefined ? scalarGroup(field.type) : 'number';
  return field.key === undefined ? kind : `map of ${kind}`;
}
