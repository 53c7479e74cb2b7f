import { maxNameLength } from '../limits.ts';
import { isRequired, type ProtoEnum, type ProtoField, type ProtoFile, type ProtoMessage, type ProtoTarget } from './model.ts';
import type { Words } from './words.ts';

const scalars: ReadonlySet<string> = new Set(
  'double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string bytes'.split(' '),
);

/** Files that every registry and compiler brings along; their types are known by name. */
const wellKnownFiles: ReadonlySet<string> = new Set([
  ...'any api compiler/plugin cpp_features descriptor duration empty field_mask go_features java_features source_context struct timestamp type wrappers'
    .split(' ')
    .map(name => `google/protobuf/${name}.proto`),
  ...'calendar_period color date datetime dayofweek decimal expr fraction interval latlng localized_text money month phone_number postal_address quaternion timeofday'
    .split(' ')
    .map(name => `google/type/${name}.proto`),
  ...['meta', 'type/decimal'].map(name => `confluent/${name}.proto`),
]);
export const isWellKnownImport = (path: string): boolean => wellKnownFiles.has(path);
const isWellKnownType = (name: string): boolean => /^\.?(google\.(protobuf|type)|confluent)\./.test(name);

export type Symbols = Map<string, ProtoMessage | ProtoEnum>;

/**
 * Enters a file's names into `symbols` and resolves what its fields refer to, with the language's rules for numbers and names.
 * @throws SchemaError
 */
export function link(file: ProtoFile, words: Words, symbols: Symbols): void {
  declare(file, words, symbols);
  for (const message of file.messages) checkMessage({ file, words, symbols }, message);
  for (const each of file.enums) checkEnum(file, words, each);
}

interface Linking {
  readonly file: ProtoFile;
  readonly words: Words;
  readonly symbols: Symbols;
}

function declare(scope: Pick<ProtoMessage, 'messages' | 'enums'>, words: Words, symbols: Symbols): void {
  for (const each of [...scope.messages, ...scope.enums]) {
    if (symbols.has(each.fullName)) throw words.error(`the name \`${each.fullName}\` is declared twice`, each.offset);
    if (each.fullName.length > maxNameLength) throw words.error(`a name is longer than ${maxNameLength} characters`, each.offset);
    symbols.set(each.fullName, each);
  }
  for (const message of scope.messages) declare(message, words, symbols);
}

/** By binary search in ranges that are in order: a file may reserve and use a hundred thousand numbers. */
function isReserved({ reserved: { ranges } }: ProtoMessage, number: number): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as [number, number])[0] <= number) low = middle + 1;
    else high = middle;
  }
  return low > 0 && number <= (ranges[low - 1] as [number, number])[1];
}

function checkMessage(linking: Linking, message: ProtoMessage): void {
  const reserved = message.reserved.ranges.sort(([a], [b]) => a - b);
  const overlap = reserved.find(([from], index) => index > 0 && from <= (reserved[index - 1] as [number, number])[1]);
  if (overlap !== undefined)
    throw linking.words.error(`message \`${message.fullName}\` reserves the number ${overlap[0]} twice`, message.offset);
  const [numbers, names] = [new Set<number>(), new Set<string>()];
  for (const field of message.fields) {
    const wrong = fieldProblem(linking.file, message, field);
    if (wrong !== undefined)
      throw linking.words.error(`field \`${field.name}\` of \`${message.fullName}\` ${wrong}`, field.offset);
    for (const [seen, value, what] of [
      [numbers, field.number, 'number'],
      [names, field.name, 'name'],
    ] as [Set<unknown>, unknown, string][]) {
      if (seen.has(value))
        throw linking.words.error(`message \`${message.fullName}\` has the ${what} \`${value}\` twice`, field.offset);
      seen.add(value);
    }
    resolve(linking, message, field);
  }
  for (const each of message.messages) checkMessage(linking, each);
  for (const each of message.enums) checkEnum(linking.file, linking.words, each);
}

function fieldProblem(file: ProtoFile, message: ProtoMessage, field: ProtoField): string | undefined {
  const { number, label } = field;
  if (number < 1 || number > 2 ** 29 - 1 || (number >= 19_000 && number <= 19_999))
    return `has the number ${number}; numbers go from 1 to 536870911 without 19000 to 19999`;
  if (isReserved(message, number)) return `has the reserved number ${number}`;
  if (message.reserved.names.has(field.name)) return 'has a reserved name';
  if (file.syntax === 'proto3' && (label === 'required' || field.group))
    return `uses what proto3 does not have: ${field.group ? 'group' : label}`;
  if (file.syntax === 'proto2' && label === '' && field.oneof === undefined && field.key === undefined)
    return 'has no label: proto2 wants required, optional or repeated';
  if (file.syntax > '2' && file.syntax < '3' && (label === 'required' || label === 'optional'))
    return `has the label ${label}, which editions do not have`;
  return isRequired(field) && field.oneof !== undefined ? 'is required inside a oneof' : undefined;
}

function checkEnum(file: ProtoFile, words: Words, each: ProtoEnum): void {
  if (each.values.length === 0) throw words.error(`enum \`${each.fullName}\` has no values`, each.offset);
  const [names, numbers] = [new Set<string>(), new Set<number>()];
  for (const { name, number, offset } of each.values) {
    if (names.has(name)) throw words.error(`enum \`${each.fullName}\` has the value \`${name}\` twice`, offset);
    if (numbers.has(number) && !each.allowAlias)
      throw words.error(`enum \`${each.fullName}\` has the number ${number} twice, without allow_alias`, offset);
    names.add(name);
    numbers.add(number);
  }
  if (file.syntax === 'proto3' && each.values[0]?.number !== 0)
    throw words.error(`enum \`${each.fullName}\`: proto3 wants 0 as the first number`, each.offset);
}

/** Protobuf language guide, "Name Resolution": from the innermost scope outwards, or from the root with a leading dot. */
function resolve({ file, words, symbols }: Linking, message: ProtoMessage, field: ProtoField): void {
  if (scalars.has(field.type)) return;
  const target = lookUp(symbols, message.fullName, field.type);
  if (target?.kind === 'well-known' && !mayBring(file, target.fullName))
    throw words.error(`the type \`${field.type}\` needs the import of its file`, field.offset);
  if (target === undefined)
    throw words.error(`the type \`${field.type}\` is not defined, neither here nor in a reference`, field.offset);
  field.target = target;
}

/** Does it import from the folder of a well-known type's package, or a file of its own, which may pass on what it imports itself? */
const mayBring = ({ imports }: ProtoFile, type: string): boolean =>
  imports.some(
    ({ path }) =>
      !isWellKnownImport(path) || path.startsWith(/^google\.\w+\.|^confluent\./.exec(type)?.[0].replaceAll('.', '/') ?? ''),
  );

function lookUp(symbols: Symbols, scope: string, name: string): ProtoTarget | undefined {
  if (name.startsWith('.')) return symbols.get(name.slice(1)) ?? wellKnown(name);
  for (let around = scope; ; around = around.slice(0, Math.max(0, around.lastIndexOf('.')))) {
    const found = symbols.get(around === '' ? name : `${around}.${name}`);
    if (found !== undefined) return found;
    if (around === '') return wellKnown(name);
  }
}

const wellKnown = (name: string): ProtoTarget | undefined =>
  isWellKnownType(name) ? { kind: 'well-known', fullName: name.replace(/^\./, '') } : undefined;
