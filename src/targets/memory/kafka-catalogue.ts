/** The broker's topic configuration as far as the memory cluster knows it: default and what a value must be (Kafka 4.3). */
export const topicConfigs: Readonly<Record<string, { readonly initial: string; readonly valid: RegExp }>> = {
  'cleanup.policy': { initial: 'delete', valid: /^((compact|delete)(,(compact|delete))*)?$/ },
  'compression.type': { initial: 'producer', valid: /^(uncompressed|zstd|lz4|snappy|gzip|producer)$/ },
  'delete.retention.ms': { initial: '86400000', valid: /^\d+$/ },
  'follower.replication.throttled.replicas': { initial: '', valid: /^(\*|(\d+:\d+(,\d+:\d+)*)?)$/ },
  'leader.replication.throttled.replicas': { initial: '', valid: /^(\*|(\d+:\d+(,\d+:\d+)*)?)$/ },
  'max.message.bytes': { initial: '1048588', valid: /^\d+$/ },
  'message.timestamp.type': { initial: 'CreateTime', valid: /^(CreateTime|LogAppendTime)$/ },
  'min.cleanable.dirty.ratio': { initial: '0.5', valid: /^(0(\.\d+)?|1(\.0+)?)$/ },
  'min.insync.replicas': { initial: '1', valid: /^[1-9]\d*$/ },
  'retention.bytes': { initial: '-1', valid: /^-?\d+$/ },
  'retention.ms': { initial: '604800000', valid: /^(-1|\d+)$/ },
  'segment.bytes': { initial: '1073741824', valid: /^\d+$/ },
  'segment.ms': { initial: '604800000', valid: /^[1-9]\d*$/ },
  'unclean.leader.election.enable': { initial: 'false', valid: /^(true|false)$/i },
};
