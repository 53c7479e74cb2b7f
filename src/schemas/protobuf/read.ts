import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage } from './model.ts';
import type { Words } from './words.ts';

/** What the declarations of one file have in common while it is read. */
interface File extends Omit<ProtoFile, 'syntax' | 'package' | 'declares' | 'features'> {
  syntax: string;
  package: string;
  declares: boolean;
  features: boolean;
}

interface Scope {
  readonly file: File;
  readonly words: Words;
  /** The full name of what stands around, empty outside of packages and messages. */
  readonly name: string;
  readonly messages: ProtoMessage[];
  readonly enums: ProtoEnum[];
}

const maxNumber = 2 ** 29 - 1;
const mapKeys = new Set([
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
]);

/** Reads a .proto file (proto2, proto3, editions) into its declarations. Services, extensions and options are stepped over. Throws SchemaError. */
export function readFile(words: Words): ProtoFile {
  const file: File = { syntax: 'proto2', package: '', imports: [], messages: [], enums: [], declares: false, features: false };
  const scope = (): Scope => ({ file, words, name: file.package, messages: file.messages, enums: file.enums });
  for (let first = true; words.peek().kind !== 'end'; first = false) {
    const { offset } = words.peek();
    if (words.take(';')) continue;
    if (!['syntax', 'edition', 'package', 'option'].some(each => words.is(each))) file.declares = true;
    if (words.is('syntax') || words.is('edition')) readSyntax(file, words, first);
    else if (words.take('import')) {
      if (!words.take('public') && !words.take('weak')) words.take('option');
      file.imports.push({ path: words.string('the path of an import'), offset });
      words.expect(';');
    } else if (words.take('package')) {
      if (file.package !== '' || file.messages.length > 0 || file.enums.length > 0)
        throw words.error('`package` stands once, before every message and enum', offset);
      file.package = words.dotted('the name of the package');
      words.expect(';');
    } else if (!readDeclaration(scope())) throw words.error(`a declaration is expected, there is ${words.here()}`);
  }
  return file;
}

function readSyntax(file: File, words: Words, first: boolean): void {
  const { text: word, offset } = words.next();
  if (!first) throw words.error(`\`${word}\` is not the first statement`, offset);
  words.expect('=');
  file.syntax = words.string(`the ${word}`);
  const known = word === 'syntax' ? ['proto2', 'proto3'] : ['2023', '2024'];
  if (!known.includes(file.syntax)) throw words.error(`the ${word} is ${known.join(' or ')}, not \`${file.syntax}\``, offset);
  words.expect(';');
}

/** What may stand in a file and in a message. False when something else comes next. */
function readDeclaration(scope: Scope): boolean {
  const { words } = scope;
  if ((words.is('export') || words.is('local')) && ['message', 'enum'].includes(words.peek(1).text)) words.next();
  if (words.take('message')) readMessage(scope);
  else if (words.take('enum')) readEnum(scope);
  else if (words.take('option')) {
    if (/^features\.(?!field_presence|enum_type|json_format|utf8_validation)/.test(words.until([';'])))
      scope.file.features = true;
    words.expect(';');
  } else if (words.is('service') || (words.is('extend') && words.peek(1).text !== '=')) {
    words.until(['{']);
    words.next();
    words.until(['}']);
    words.next();
  } else return false;
  return true;
}

const inside = (scope: Scope, name: string): string => (scope.name === '' ? name : `${scope.name}.${name}`);

function readMessage(scope: Scope): ProtoMessage {
  const { words } = scope;
  const { offset } = words.peek();
  const name = words.name('the name of a message');
  return readBody(scope, name, offset);
}

function readBody(scope: Scope, name: string, offset: number): ProtoMessage {
  const { words, file } = scope;
  const message: ProtoMessage = {
    kind: 'message',
    name,
    fullName: inside(scope, name),
    package: file.package,
    fields: [],
    messages: [],
    enums: [],
    reserved: { ranges: [], names: new Set() },
    offset,
  };
  scope.messages.push(message);
  const own: Scope = { ...scope, name: message.fullName, messages: message.messages, enums: message.enums };
  words.expect('{');
  while (!words.take('}')) readMember(own, message);
  return message;
}

function readMember(scope: Scope, message: ProtoMessage): void {
  const { words } = scope;
  if (words.take(';')) return;
  const after = words.peek(1);
  if (words.is('reserved')) readReserved(words, message);
  else if (words.is('extensions') && after.kind === 'number') {
    words.until([';']);
    words.next();
  } else if (words.is('oneof') && after.kind === 'name') readOneof(scope, message);
  else if (!readDeclaration(scope)) readField(scope, message);
}

function readReserved(words: Words, message: ProtoMessage): void {
  words.next();
  do {
    const { kind } = words.peek();
    if (kind === 'string') message.reserved.names.add(words.string('a name'));
    else if (kind === 'name') message.reserved.names.add(words.name('a name'));
    else {
      const from = words.integer('a number');
      const to = !words.take('to') ? from : words.take('max') ? maxNumber : words.integer('a number');
      message.reserved.ranges.push([from, to]);
    }
  } while (words.take(','));
  words.expect(';');
}

function readOneof(scope: Scope, message: ProtoMessage): void {
  const { words } = scope;
  words.next();
  const oneof = words.name('the name of a oneof');
  words.expect('{');
  while (!words.take('}'))
    if (words.take('option')) {
      words.until([';']);
      words.next();
    } else if (!words.take(';')) readField(scope, message, oneof);
}

/** `label type name = number [options];`, a map or a group. */
function readField(scope: Scope, message: ProtoMessage, oneof?: string): void {
  const { words } = scope;
  const { offset } = words.peek();
  const label = oneof === undefined ? readLabel(words) : '';
  let key: string | undefined;
  const group = words.is('group') && words.peek(1).kind === 'name' && words.peek(2).text === '=';
  if (words.is('map') && words.peek(1).text === '<') {
    words.next();
    words.next();
    key = words.name('the type of the keys');
    if (!mapKeys.has(key) || label !== '' || oneof !== undefined)
      throw words.error('a map has no label, stands in no oneof, and its keys are whole numbers, bool or string', offset);
    words.expect(',');
  }
  let type = group ? words.next().text : words.dotted('the type of a field');
  if (key !== undefined) words.expect('>');
  let name = words.name('the name of a field');
  words.expect('=');
  const number = words.integer('the number of a field');
  let options = '';
  if (words.take('[')) {
    options = words.until([']']);
    words.next();
  }
  if (group) {
    type = readBody(scope, name, offset).name;
    name = name.toLowerCase();
  } else words.expect(';');
  if (/features\.(?:message_encoding|repeated_field_encoding)/.test(options)) scope.file.features = true;
  message.fields.push({ name, number, label, type, key, oneof, group, options, offset });
}

function readLabel(words: Words): ProtoField['label'] {
  const { text, kind } = words.peek();
  if (kind !== 'name' || (text !== 'required' && text !== 'optional' && text !== 'repeated')) return '';
  words.next();
  return text;
}

function readEnum(scope: Scope): void {
  const { words, file } = scope;
  const { offset } = words.peek();
  const name = words.name('the name of an enum');
  const values: ProtoEnum['values'] = [];
  let allowAlias = false;
  words.expect('{');
  while (!words.take('}')) {
    const start = words.peek();
    if (words.take(';')) continue;
    if (start.text === 'option' || (start.text === 'reserved' && words.peek(1).text !== '=')) {
      if (words.until([';']) === 'optionallow_alias=true') allowAlias = true;
      words.next();
      continue;
    }
    const value = words.name('the name of a value');
    words.expect('=');
    values.push({ name: value, number: words.integer('the number of a value'), offset: start.offset });
    if (words.take('[')) {
      words.until([']']);
      words.next();
    }
    words.expect(';');
  }
  scope.enums.push({ kind: 'enum', name, fullName: inside(scope, name), package: file.package, values, allowAlias, offset });
}
