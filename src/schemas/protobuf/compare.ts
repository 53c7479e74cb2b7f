import { consequence, type Finding, type Sides } from '../findings.ts';
import { maxReasons, maxSteps } from '../limits.ts';
import { fieldText, isRequired, localName, type ProtobufSchema, type ProtoField, type ProtoMessage } from './model.ts';
import { oneofFindings } from './oneofs.ts';
import { kindOf, scalarGroup } from './wire.ts';

interface Walk {
  readonly sides: Sides;
  readonly seen: Map<ProtoMessage, Set<ProtoMessage>>;
  /** Pairs of messages that are still to be compared: a list, because messages may refer to each other thousands deep. */
  readonly open: (readonly [reader: ProtoMessage, writer: ProtoMessage])[];
  readonly findings: Finding[];
}

/**
 * What the reader's file does to what the writer's wrote, by the rules that Confluent publishes for Protobuf ("Protobuf compatibility rules" and the list of
 * differences that its registry counts as harmless) and, where these are silent, by the language guide's "Updating A Message Type". Messages are compared by
 * name, fields by number. Paths are `Message.field`.
 */
export function compareProtobuf(reader: ProtobufSchema, writer: ProtobufSchema, sides: Sides): readonly Finding[] {
  const walk: Walk = { sides, seen: new Map(), open: [], findings: [] };
  if (reader.canonical !== writer.canonical && (reader.file.features || writer.file.features))
    add(walk, {
      code: 'features-unknown',
      path: '',
      certain: false,
      say: place => `${place} sets features of an edition that change how records are written; they are not compared`,
    });
  messages(walk, reader.file.messages, writer.file.messages);
  for (let index = 0; index < walk.open.length && index < maxSteps; index++)
    message(walk, ...(walk.open[index] as [ProtoMessage, ProtoMessage]));
  return walk.findings;
}

function add(walk: Walk, finding: Finding): void {
  if (walk.findings.length < maxReasons) walk.findings.push(finding);
}

function messages(walk: Walk, readers: readonly ProtoMessage[], writers: readonly ProtoMessage[]): void {
  const byName = new Map(readers.map(each => [each.name, each]));
  for (const writer of writers) {
    const reader = byName.get(writer.name);
    if (reader !== undefined) meet(walk, reader, writer);
    else {
      const name = localName(writer);
      const change = walk.sides.reader === 'new' ? 'is gone from the new schema' : 'is new, and the old schema does not have it';
      add(walk, {
        code: 'message-missing',
        path: name,
        certain: true,
        say: () => `message \`${name}\` ${change}: ${consequence(walk.sides)} of it`,
      });
    }
  }
}

function meet(walk: Walk, reader: ProtoMessage, writer: ProtoMessage): void {
  const seen = walk.seen.get(reader) ?? new Set<ProtoMessage>();
  walk.seen.set(reader, seen);
  if (reader === writer || seen.has(writer)) return;
  seen.add(writer);
  walk.open.push([reader, writer]);
}

function message(walk: Walk, reader: ProtoMessage, writer: ProtoMessage): void {
  for (const finding of oneofFindings(reader, writer, walk.sides)) add(walk, finding);
  const read = new Map(reader.fields.map(each => [each.number, each]));
  const written = new Set(writer.fields.map(each => each.number));
  for (const field of writer.fields) {
    const other = read.get(field.number);
    if (other !== undefined) compareField(walk, { message: reader, reader: other, writer: field });
    else if (isRequired(field)) required(walk, writer, field);
  }
  for (const field of reader.fields) if (!written.has(field.number) && isRequired(field)) required(walk, reader, field);
  messages(walk, reader.messages, writer.messages);
}

/** A required field that one side alone has: the reader's is missing in what it reads; the published rules forbid to drop one, too. */
function required(walk: Walk, message: ProtoMessage, field: ProtoField): void {
  const path = `${localName(message)}.${field.name}`;
  const say = (place: string): string => `${place} is required and stands in one of the schemas only: ${consequence(walk.sides)}`;
  add(walk, { code: 'required-field', path, certain: true, say });
}

interface FieldPair {
  readonly message: ProtoMessage;
  readonly reader: ProtoField;
  readonly writer: ProtoField;
}

function compareField(walk: Walk, { message: owner, reader, writer }: FieldPair): void {
  const { sides } = walk;
  const path = `${localName(owner)}.${reader.name}`;
  const texts = `${fieldText(writer)} in the ${sides.writer} schema and ${fieldText(reader)} in the ${sides.reader} one`;
  const tell = (code: string, certain: boolean, rest: string): void =>
    add(walk, { code, path, certain, say: place => `${place} ${rest}` });
  const [to, from] = [kindOf(reader), kindOf(writer)];
  const changed =
    to !== from || (reader.key !== undefined && writer.key !== undefined && scalarGroup(reader.key) !== scalarGroup(writer.key));
  const otherName = to === 'message' && from === 'message' && typeName(reader) !== typeName(writer);
  if (changed)
    tell('type-changed', true, `(number ${reader.number}) is ${texts}, which are written differently: ${consequence(sides)}`);
  else if (otherName)
    tell('type-changed', true, `(number ${reader.number}) is ${texts}: a message of another name counts as another type`);
  else if (reader.target?.kind === 'message' && writer.target?.kind === 'message') meet(walk, reader.target, writer.target);
  if (isRequired(reader) && !isRequired(writer))
    tell(
      'required-field',
      true,
      `is required in the ${sides.reader} schema alone, and records may lack it: ${consequence(sides)} without it`,
    );
  if (
    !changed &&
    (reader.label === 'repeated') !== (writer.label === 'repeated') &&
    to !== 'message' &&
    scalarGroup(reader.type) !== 'text'
  )
    tell(
      'label-changed',
      false,
      `is ${texts}: registries let it pass, but values that are written packed are lost to readers of the other form`,
    );
}

/** Packages may change; the name below them may not. A well-known type has no package that we know, and its full name never changes. */
const typeName = ({ target }: ProtoField): string | undefined =>
  target === undefined ? undefined : target.kind === 'well-known' ? target.fullName : localName(target);
