import { createAPI, type Reader, Writer } from '@platformatic/kafka';

/** One member with what it has subscribed to or was given. */
interface ShareMember {
  readonly topics: readonly string[];
}

interface ShareGroup {
  readonly errorCode: number;
  readonly groupId: string;
  readonly members: readonly ShareMember[];
}

/** ShareGroupDescribe, version 1 (KIP-932, Kafka 4.1): the client has no share-group calls of its own. */
export const shareGroupDescribeV1 = createAPI<[groupIds: readonly string[]], { throttleTimeMs: number; groups: ShareGroup[] }>(
  77,
  1,
  (groupIds: readonly string[]) =>
    Writer.create()
      .appendArray([...groupIds], (writer, id) => writer.appendString(id), true, false)
      .appendBoolean(false)
      .appendTaggedFields(),
  (_correlation, _key, _version, reader) => {
    const answer = { throttleTimeMs: reader.readInt32(), groups: reader.readArray(readGroup, true, false) };
    reader.readTaggedFields();
    return answer;
  },
);

function readGroup(reader: Reader): ShareGroup {
  const errorCode = reader.readInt16();
  reader.readNullableString(); // error message
  const groupId = reader.readString();
  reader.readString(); // state
  reader.readInt32(); // group epoch
  reader.readInt32(); // assignment epoch
  reader.readString(); // assignor
  const members = reader.readArray(readMember, true, false);
  reader.readInt32(); // authorised operations
  reader.readTaggedFields();
  return { errorCode, groupId, members };
}

function readMember(reader: Reader): ShareMember {
  reader.readString(); // member id
  reader.readNullableString(); // rack
  reader.readInt32(); // member epoch
  reader.readString(); // client id
  reader.readString(); // client host
  const subscribed = reader.readArray(each => each.readString(), true, false);
  const assigned = reader.readArray(readAssigned, true, false);
  reader.readTaggedFields(); // of the assignment
  reader.readTaggedFields();
  return { topics: [...new Set([...subscribed, ...assigned])] };
}

function readAssigned(reader: Reader): string {
  reader.readUUID();
  const topic = reader.readString();
  reader.readArray(each => each.readInt32(), true, false);
  reader.readTaggedFields();
  return topic;
}

/**
 * Topics in the metadata of a member of a classic consumer group (`ConsumerProtocolSubscription`: version, then the names). A member that commits nothing
 * is known by nothing else. None where the bytes are no such thing: the group's protocol may be another.
 */
export function subscribedTopics(metadata: Buffer): string[] {
  const topics: string[] = [];
  if (metadata.length < 6) return topics;
  let offset = 6;
  for (let left = metadata.readInt32BE(2); left > 0; left--) {
    if (offset + 2 > metadata.length) return [];
    const length = metadata.readInt16BE(offset);
    if (length < 0 || offset + 2 + length > metadata.length) return [];
    topics.push(metadata.toString('utf8', offset + 2, offset + 2 + length));
    offset += 2 + length;
  }
  return topics;
}
