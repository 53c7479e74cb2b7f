import type { Finding, Sides } from '../findings.ts';
import { localName, type ProtoField, type ProtoMessage } from './model.ts';

/**
 * Confluent's rules for a oneof, of which a record holds one member: no member may leave it, of the fields that stood alone one may move into a new one,
 * and none into one that takes over members of another.
 */
export function oneofFindings(reader: ProtoMessage, writer: ProtoMessage, sides: Sides): Finding[] {
  const findings: Finding[] = [];
  const written = new Map(writer.fields.map(each => [each.number, each]));
  const tell = (code: string, name: string, rest: string): void => {
    const path = `${localName(reader)}.${name}`;
    findings.push({ code, path, certain: true, say: () => `oneof \`${path}\` ${rest}` });
  };
  const readers = oneofsOf(reader);
  for (const [name, members] of readers) {
    const before = members.map(each => written.get(each.number)).filter(each => each !== undefined);
    const moved = before.filter(each => each.oneof === undefined);
    const names = moved.map(each => `\`${each.name}\``).join(', ');
    if (moved.length > 1)
      tell(
        'fields-moved-to-oneof',
        name,
        `takes in ${names}, of which one ${sides.writer} record may hold several: readers with the ${sides.reader} schema keep one`,
      );
    else if (moved.length === 1 && before.length > 1)
      tell(
        'field-moved-to-oneof',
        name,
        `takes in ${names} beside members it had: a record of the ${sides.writer} schema may hold both, and readers with the ${sides.reader} one keep one`,
      );
  }
  for (const [name, members] of oneofsOf(writer)) {
    const kept = new Set(readers.get(name)?.map(each => each.number));
    const gone = members.filter(each => !kept.has(each.number));
    if (readers.has(name) && gone.length > 0)
      tell(
        'oneof-field-missing',
        name,
        `has ${gone.map(each => `\`${each.name}\``).join(', ')} in the ${sides.writer} schema alone: readers with the ${sides.reader} schema see none of its members where that one is set`,
      );
  }
  return findings;
}

function oneofsOf(message: ProtoMessage): Map<string, ProtoField[]> {
  const oneofs = new Map<string, ProtoField[]>();
  for (const field of message.fields)
    if (field.oneof !== undefined) {
      const members = oneofs.get(field.oneof);
      if (members === undefined) oneofs.set(field.oneof, [field]);
      else members.push(field);
    }
  return oneofs;
}
