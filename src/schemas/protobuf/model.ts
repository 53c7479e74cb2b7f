/** What a field's type name stands for. A type of a well-known file (`google/protobuf/…`) is known by its name alone. */
export type ProtoTarget = ProtoMessage | ProtoEnum | WellKnown;

export interface WellKnown {
  readonly kind: 'well-known';
  readonly fullName: string;
}

export interface ProtoField {
  readonly name: string;
  readonly number: number;
  /** As written; empty for proto3's plain fields, maps and members of a oneof. */
  readonly label: '' | 'required' | 'optional' | 'repeated';
  /** A scalar's name, or a name that `target` is resolved from. Of a map: the type of its values. */
  readonly type: string;
  /** The scalar type of a map's keys; undefined for what is no map. */
  readonly key: string | undefined;
  readonly oneof: string | undefined;
  readonly group: boolean;
  /** The options' text without white space. */
  readonly options: string;
  readonly offset: number;
  target?: ProtoTarget;
}

export interface ProtoMessage {
  readonly kind: 'message';
  readonly name: string;
  readonly fullName: string;
  readonly package: string;
  readonly fields: ProtoField[];
  readonly messages: ProtoMessage[];
  readonly enums: ProtoEnum[];
  readonly reserved: { readonly ranges: [number, number][]; readonly names: Set<string> };
  readonly offset: number;
}

export interface ProtoEnum {
  readonly kind: 'enum';
  readonly name: string;
  readonly fullName: string;
  readonly package: string;
  readonly values: { readonly name: string; readonly number: number; readonly offset: number }[];
  readonly allowAlias: boolean;
  readonly offset: number;
}

export interface ProtoFile {
  /** `proto2`, `proto3` or an edition's year. */
  readonly syntax: string;
  readonly package: string;
  readonly imports: { readonly path: string; readonly offset: number }[];
  readonly messages: ProtoMessage[];
  readonly enums: ProtoEnum[];
  /** Has it anything to offer to others: messages, enums, services, extensions (custom options often stand in a file of their own) or imports that it passes on? */
  readonly declares: boolean;
  /** Does it set features of an edition that change the bytes? */
  readonly features: boolean;
}

/** A parsed and linked file; `canonical` is computed from its words while they are at hand. */
export interface ProtobufSchema {
  readonly type: 'PROTOBUF';
  readonly file: ProtoFile;
  readonly canonical: string;
}

/** The full name without the package: what stays the same when a package is renamed. */
export const localName = (type: { readonly fullName: string; readonly package: string }): string =>
  type.package === '' ? type.fullName : type.fullName.slice(type.package.length + 1);

export const isRequired = (field: ProtoField): boolean =>
  field.label === 'required' || field.options.includes('features.field_presence=LEGACY_REQUIRED');

/** A field's type in a few words: `repeated shop.Line`, `map<string, int64>`. */
export function fieldText(field: ProtoField): string {
  const type = field.target === undefined ? field.type : field.target.fullName;
  if (field.key !== undefined) return `map<${field.key}, ${type}>`;
  return field.label === 'repeated' ? `repeated ${type}` : type;
}
